"""A peer process: answers one JSON request a line on standard input with one JSON line on standard output.

A request is {"operation": NAME, ...}; the answer {"result": ...} or {"error": text}. While it works, an operation may ask
back with {"ask": ...} and reads the answer from the next input line (searches are answered by the bench, for both sides).
"""

import json
import os
import sys
import traceback

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

answers = os.fdopen(os.dup(1), "w")
# Libraries that print must not disturb the answers.
os.dup2(2, 1)


def send(message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def receive():
    line = sys.stdin.readline()
    if line == "":
        sys.exit(0)
    return json.loads(line)


def ask(question):
    send({"ask": question})
    return receive()


def serve(operations):
    while True:
        request = receive()
        operation = request.pop("operation")
        try:
            send({"result": operations[operation](**request)})
        except Exception:
            send({"error": traceback.format_exc()})
