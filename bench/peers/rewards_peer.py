"""The rewards of docs/method.md as Python code usually writes them: sets of tuples, networkx for the paths."""

import json
import time
import unicodedata
from functools import lru_cache
from itertools import islice
from math import exp, isinf, sqrt

import networkx as nx
import numpy as np
import regex

import serve

RELATIONS = {"suggests", "mechanism", "first", "second", "avoid", "safe", "epidemiology", "prevalence"}
FUNCTIONAL = {"mechanism", "first", "second"}
OPPOSITES = {("avoid", "safe"), ("safe", "avoid")}
PATH_BOUND = 10_000
DIMENSIONS = 512
TAG = regex.compile(r"<(/?)(think|search|document|answer)>")
state = {}


# Protocol


def parse(text):
    tags = [(m[2], m[1] == "", m.start(), m.end()) for m in TAG.finditer(text)]
    malformed = malformed_search(text, tags)
    answers = blocks(text, tags, "answer")
    return {
        "malformed": malformed,
        "valid": not malformed and gate(text, tags),
        "format": format_score(text, tags),
        "thinking": thinking(text, tags),
        "answer": answers[0] if len(answers) == 1 else None,
    }


def malformed_search(text, tags):
    where = "outside"
    for i, (name, opens, start, _) in enumerate(tags):
        if where == "searching":
            if name != "search" or opens or text[tags[i - 1][3] : start].strip() == "":
                return True
            where = "searched"
        elif where == "reading":
            if name != "document" or opens:
                return True
            where = "outside"
        elif name == "document":
            if where != "searched" or not opens:
                return True
            where = "reading"
        elif name == "search":
            if not opens or where == "searched":
                return True
            where = "searching"
        elif where == "searched":
            where = "outside"
    return False


def gate(text, tags):
    outer = [tag for tag in tags if tag[0] in ("think", "answer")]
    if [(name, opens) for name, opens, _, _ in outer] != [("think", True), ("think", False), ("answer", True), ("answer", False)]:
        return False
    opened, closed, answer, end = outer
    blank = lambda a, b: text[a:b].strip() == ""
    between = tags.index(end) == tags.index(answer) + 1
    return blank(0, opened[2]) and blank(closed[3], answer[2]) and blank(end[3], len(text)) and between


def blocks(text, tags, wanted):
    pairs = zip(tags, tags[1:])
    return [text[a[3] : b[2]].strip() for a, b in pairs if a[0] == b[0] == wanted and a[1] and not b[1]]


def thinking(text, tags):
    start = next((i for i, tag in enumerate(tags) if tag[0] == "think" and tag[1]), None)
    pieces = []
    for i in range(start if start is not None else len(tags), len(tags)):
        name, opens, _, end = tags[i]
        if name == "think" and not opens:
            break
        if (name == "think" and opens) or (name in ("search", "document") and not opens):
            pieces.append(text[end : tags[i + 1][2] if i + 1 < len(tags) else len(text)].strip())
    return " ".join(piece for piece in pieces if piece)


def format_score(text, tags):
    count = lambda wanted, opened: sum(name == wanted and opens == opened for name, opens, _, _ in tags)

    def content(wanted):
        start = next((i for i, tag in enumerate(tags) if tag[0] == wanted and tag[1]), None)
        if start is None:
            return ""
        end = next((i for i in range(start + 1, len(tags)) if tags[i][0] == wanted and not tags[i][1]), None)
        return "" if end is None else text[tags[start][3] : tags[end][2]].strip()

    last = max((end for name, opens, _, end in tags if name == "think" and not opens), default=0)
    details = [
        text.lstrip().startswith("<think>"),
        count("think", True) == count("think", False) == 1,
        count("answer", True) == count("answer", False) == 1,
        text.rstrip().endswith("</answer>"),
        content("think") != "",
        content("answer") != "",
        count("search", True) == count("search", False),
        all(name != "search" or start < last for name, _, start, _ in tags),
    ]
    return sum(details) / len(details)


# Knowledge graphs and words

LOOKS = regex.compile("[\uFF01-\uFF9F\uFFE0-\uFFEE\u3000\u2E80-\u2FD5\uFB00-\uFB06\u00B5\u2103\u2109\u2160-\u217F\u3380-\u339E]+")


def fold(text):
    """One form for what differs in looks alone. NFKC for all would flatten superscripts; the cases' Chinese is simplified already."""
    return unicodedata.normalize("NFC", LOOKS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text))


@lru_cache(maxsize=100_000)
def triples_of(text):
    triples = []
    for sentence in regex.split(r"(?:^|\s)[.|](?=\s|$)", text):
        words = sentence.split()
        if len(words) < 3 or words[0] in RELATIONS or len(words) % 2 == 0:
            continue
        pairs = list(zip(words[1::2], words[2::2]))
        if all(relation in RELATIONS and tail not in RELATIONS for relation, tail in pairs):
            triples.extend((words[0], relation, tail) for relation, tail in pairs)
    return tuple(triples)


@lru_cache(maxsize=100_000)
def embed(text):
    counts = np.zeros(DIMENSIONS)
    words = regex.findall(r"\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+", fold(text).lower())
    for word in words:
        value = 0x811C9DC5
        units = word.encode("utf-16-le")
        for i in range(0, len(units), 2):
            value = ((value ^ (units[i] | units[i + 1] << 8)) * 0x01000193) & 0xFFFFFFFF
        counts[value % DIMENSIONS] += 1
    return counts


def cosine(a, b):
    squares = float(a @ a) * float(b @ b)
    return float(a @ b) / sqrt(squares) if squares else 0.0


def graph_of(triples):
    graph = nx.MultiDiGraph()
    for head, relation, tail in triples:
        graph.add_edge(head, tail, key=relation)
    return graph


def paths_of(graph, cutoff, bound):
    """All paths of at most `cutoff` edges from root nodes, as tuples of edges; stops above `bound`."""
    roots = [node for node, degree in graph.in_degree() if degree == 0]
    paths = set()
    for root in roots:
        others = set(graph) - {root}
        for path in islice(nx.all_simple_edge_paths(graph, root, others, cutoff=cutoff), bound + 1):
            paths.add(tuple(path))
        if len(paths) > bound:
            break
    return paths


def jaccard(a, b):
    union = len(a | b)
    return len(a & b) / union if union else 1.0


def path_jaccard(a, b):
    graphs = [graph_of(a), graph_of(b)]
    paths = [paths_of(graph, None, PATH_BOUND) for graph in graphs]
    if max(map(len, paths)) <= PATH_BOUND:
        return jaccard(*paths)
    hops = 1
    while max(len(paths_of(graph, hops + 1, PATH_BOUND)) for graph in graphs) <= PATH_BOUND:
        hops += 1
    return jaccard(*[paths_of(graph, hops, 10**9) for graph in graphs])


# Answers


@lru_cache(maxsize=100_000)
def normalise(text):
    text = unicodedata.normalize("NFKC", text).lower()
    text = regex.sub(r"[\u2010-\u2015\u2212]", "-", text)
    text = regex.sub(r"^\s*(?:the\s+)?(?:final\s+|correct\s+|right\s+)?answer\s*(?:is|:)\s*", "", text)
    text = regex.sub(r"(?<!\d)[.,](?=\d)|[.,](?!\d)", " ", text)
    text = regex.sub(r"-(?!\d)|(?<=[\p{L}\p{N}])-", " ", text)
    text = regex.sub(r"[^\p{L}\p{M}\p{N}+\-%<>=/^.,↑↓→←]", " ", text)
    text = regex.sub(r"(?<=^|\s)(?:a|an|the)(?=\s+\S)", " ", text)
    return regex.sub(r"\s+", " ", text).strip()


def is_one_of(answer, wordings):
    wanted = normalise(answer)
    return wanted != "" and any(normalise(wording) == wanted for wording in wordings)


def answer_reward(question, answer):
    if is_one_of(answer, [question["answer"], *question["acceptedAnswers"]]):
        return 1.0
    partly = is_one_of(answer, question["partialAnswers"]) and not is_one_of(answer, question["harmfulAnswers"])
    return 0.4 if partly else 0.1


# Rewards


def mean(values):
    values = [value for value in values if value is not None]
    return sum(values) / len(values) if values else None


def reasoning_rewards(thought, triples, references):
    best = None
    for reference in references:
        graph = reference["graph"]
        logical = statistical = None
        if graph is not None:
            graph = [tuple(triple) for triple in graph]
            logical = path_jaccard(set(triples), set(graph))
            entities = [{entity for head, _, tail in graph_triples for entity in (head, tail)} for graph_triples in (triples, graph)]
            statistical = jaccard(*entities)
        semantic = max(cosine(embed(thought), embed(reference["reasoning"])), 0.0)
        scores = (mean([logical, statistical, semantic]), logical, statistical, semantic)
        if best is None or scores[0] > best[0]:
            best = scores
    return best or (None, None, None, None)


def weight(passage):
    return (passage["level"] or 1) / 9


def support(fact, passages):
    return max((weight(passage) for passage in passages if fact in triples_of(passage["text"])), default=0.0)


def evidence_recall(question, passages):
    if question["goldFacts"]:
        return mean([support(tuple(fact), passages) for fact in question["goldFacts"]])
    if not passages:
        return 0.0
    return mean([max(cosine(embed(question["text"]), embed(passage["text"])), 0.0) * weight(passage) for passage in passages])


def compare(triple, known):
    if triple[0] != known[0]:
        return None
    if triple[2] == known[2] and (triple[1], known[1]) in OPPOSITES:
        return False
    if triple[1] != known[1]:
        return None
    if triple[2] == known[2]:
        return True
    return False if triple[1] in FUNCTIONAL else None


def consistency(triples, question, passages):
    levels = sorted({weight(passage) for passage in passages}, reverse=True)
    sources = [[tuple(t) for r in question["references"] for t in r["graph"] or []]]
    sources += [[t for passage in passages if weight(passage) == level for t in triples_of(passage["text"])] for level in levels]
    verdicts = []
    for triple in triples:
        for source in sources:
            found = [compare(triple, known) for known in source]
            if True in found or False in found:
                verdicts.append(True in found)
                break
    return sum(verdicts) / len(verdicts) if verdicts else None


def evidential_support(triples, answer, passages):
    conclusion = normalise(answer)
    about = [t for t in triples if conclusion in (normalise(t[0]), normalise(t[2]))]
    return mean([support(t, passages) for t in about]) if about else 0.0


def plausibility(question, answer, passages):
    given, right = normalise(answer), normalise(question["answer"])
    listed = [question["answer"], *question["acceptedAnswers"], *question["partialAnswers"], *question["harmfulAnswers"]]
    graphs = [r["graph"] for r in question["references"] if r["graph"] is not None]
    known = [t for graph in graphs for t in graph]
    if given in map(normalise, listed):
        kind = 1.0
    else:
        asked = {relation for _, relation, tail in known if normalise(tail) == right}
        stated = [*known, *(t for passage in passages for t in triples_of(passage["text"]))]
        kind = float(any(r in asked and normalise(tail) == given for _, r, tail in stated)) if asked else None
    covered = None
    if question["findings"] and graphs:
        findings = [normalise(finding) for finding in question["findings"]]
        shares = []
        for graph in graphs:
            directed = nx.DiGraph([(normalise(head), normalise(tail)) for head, _, tail in graph])
            leading = nx.ancestors(directed, given) if given in directed else set()
            # A goal on a cycle leads to itself.
            if given in directed and any(p == given or p in leading and nx.has_path(directed, given, p) for p in directed.predecessors(given)):
                leading = leading | {given}
            shares.append(sum(finding in leading for finding in findings) / len(findings))
        covered = max(shares)
    return mean([kind, covered])


HAN = regex.compile(r"\p{Script=Han}")
WORD = regex.compile(r"\p{Script=Han}|\p{L}{3}")


def language_penalty(question, thought, answer):
    asked = HAN.search(question["text"]) is not None
    windows = [text[i : i + 200] for text in (thought, answer) for i in range(0, len(text), 200)]
    windows = [window for window in windows if WORD.search(window)]
    return 0.1 * sum((HAN.search(window) is not None) != asked for window in windows) / len(windows) if windows else 0.0


def score(case):
    question, passages = case["question"], case["passages"]
    parsed = parse(case["text"])
    thought, answer = parsed["thinking"], parsed["answer"] or ""
    buffer = 3072 / 14336 * case["limit"]
    ratio = min(len(thought) / max(len(answer), 1), 2)
    values = {"malformedCall": float(parsed["malformed"]), "format": float(parsed["valid"])}
    if not parsed["malformed"]:
        values["penalty/format"] = 0.1 * (1 - parsed["format"])
        values["penalty/thinkingLength"] = 0.1 * (1 - (1 - exp(-ratio)) / (1 - exp(-2)))
        values["penalty/language"] = language_penalty(question, thought, answer)
        values["penalty/overlong"] = min(1.0, max(0.0, (case["tokens"] - (case["limit"] - buffer)) / buffer))
    if parsed["valid"]:
        triples = triples_of(thought)
        gold = set(question["goldTitles"] or [])
        gain = case["gain"]
        values["answer"] = answer_reward(question, answer)
        values["reasoning"], values["logical"], values["statistical"], values["semantic"] = reasoning_rewards(thought, triples, question["references"])
        values["retrievalRecall"] = len(gold & {passage["title"] for passage in passages}) / len(gold) if gold else None
        values["evidenceRecall"] = evidence_recall(question, passages)
        values["usefulness"] = None if gain is None else 1 - exp(-max(0.0, gain))
        # A gain that was asked for and not had is a failure: no mean of what is left.
        values["retrieval"] = None if gain is None else (values["evidenceRecall"] + 0.23 * values["usefulness"]) / 1.23
        values["clinicalConsistency"] = consistency(triples, question, passages)
        values["evidentialSupport"] = evidential_support(triples, answer, passages)
        values["diagnosticPlausibility"] = plausibility(question, answer, passages)
        values["clinical"] = mean([values["clinicalConsistency"], values["evidentialSupport"], values["diagnosticPlausibility"]])
    return values


def load(path):
    with open(path, encoding="utf-8") as file:
        state["cases"] = [json.loads(line) for line in file]
    return len(state["cases"])


def run():
    """Seconds to score all cases from nothing: what was remembered is forgotten first."""
    for remembered in (triples_of, embed, normalise):
        remembered.cache_clear()
    start = time.perf_counter()
    state["values"] = [score(case) for case in state["cases"]]
    return time.perf_counter() - start


def values():
    return state["values"]


if __name__ == "__main__":
    serve.serve(dict(load=load, run=run, values=values))
