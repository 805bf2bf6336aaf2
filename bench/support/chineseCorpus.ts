import type { Passage } from "../../src/domain/passage.ts";
import type { Question } from "../../src/domain/question.ts";
import { randomStream } from "../../src/domain/seed.ts";
import type { RandomStream } from "../../src/domain/seed.ts";

const words = (text: string): string[] => text.split(" ");
const sites = words(
  "肺 肝 肾 胃 脾 胰腺 甲状腺 食管 结肠 直肠 膀胱 前列腺 子宫 卵巢 乳腺 皮肤 角膜 视网膜 中耳 鼻窦 扁桃体 气管 支气管 胸膜 心肌 心包 主动脉 冠状动脉 颈动脉 门静脉 淋巴结 骨髓 椎间盘 髋关节 膝关节 大脑 小脑 脑干 脊髓 垂体 肾上腺 胆囊 胆管 阑尾 腹膜",
);
const processes = words(
  "炎 脓肿 囊肿 结核 癌 肉瘤 梗死 出血 水肿 纤维化 硬化 狭窄 穿孔 坏死 萎缩 血栓形成 结石 息肉 溃疡 畸形",
);
const drugs = words(
  "阿莫西林 头孢曲松 左氧氟沙星 阿奇霉素 万古霉素 利福平 异烟肼 乙胺丁醇 氟康唑 阿昔洛韦 奥司他韦 二甲双胍 格列美脲 胰岛素 阿卡波糖 硝苯地平 氨氯地平 依那普利 缬沙坦 美托洛尔 呋塞米 螺内酯 地高辛 华法林 利伐沙班 阿司匹林 氯吡格雷 辛伐他汀 奥美拉唑 泼尼松 地塞米松 甲氨蝶呤 环磷酰胺 顺铂 紫杉醇 吗啡 对乙酰氨基酚 沙丁胺醇 布地奈德 苯妥英钠 卡马西平 左旋多巴 氟西汀 奥氮平",
);
const findings = words(
  "发热 咳嗽 咯血 胸痛 气促 发绀 水肿 黄疸 腹痛 腹泻 呕血 黑便 尿频 血尿 少尿 头痛 眩晕 抽搐 意识障碍 偏瘫 皮疹 瘙痒 关节肿痛 肌无力 消瘦 盗汗 乏力 心悸 晕厥 视物模糊 耳鸣 吞咽困难 声音嘶哑 多饮多尿 口干 月经紊乱 淋巴结肿大 肝脾肿大 贫血貌 颈静脉怒张",
);
const tests = words(
  "血常规 尿常规 肝功能 肾功能 血糖 血脂 心电图 胸部X线 腹部B超 头颅CT 磁共振成像 胃镜 肠镜 支气管镜 骨髓穿刺 腰椎穿刺 血培养 痰涂片 凝血酶原时间 甲状腺功能 肿瘤标志物 血气分析 超声心动图 冠状动脉造影 病理活检",
);
const groups = words(
  "青壮年 老年人 儿童 孕妇 新生儿 吸烟者 长期卧床者 糖尿病患者 免疫功能低下者 肥胖者 高血压患者 慢性肾病患者",
);
const claims: readonly ((pick: (from: readonly string[]) => string, number: () => number) => string)[] = [
  (pick, number) => `${pick(sites)}${pick(processes)}多见于${pick(groups)}，发病率约为百分之${number()}`,
  (pick) => `典型表现为${pick(findings)}和${pick(findings)}，部分病例伴有${pick(findings)}`,
  (pick, number) => `查体可见${pick(findings)}，病程一般为${number()}周左右`,
  (pick) => `确诊依靠${pick(tests)}，必要时行${pick(tests)}以排除${pick(sites)}${pick(processes)}`,
  (pick, number) => `首选${pick(drugs)}治疗，每日${number()}毫克，疗效不佳时改用${pick(drugs)}`,
  (pick) => `合并${pick(sites)}${pick(processes)}者禁用${pick(drugs)}`,
  (pick) =>
    `并发症包括${pick(sites)}${pick(processes)}及${pick(sites)}${pick(processes)}，应与${pick(sites)}${pick(processes)}鉴别`,
  (pick, number) => `${pick(groups)}应用${pick(drugs)}后出现${pick(findings)}的比例达百分之${number()}`,
  (pick) => `发病机制与${pick(sites)}局部缺血有关，${pick(drugs)}可缓解${pick(findings)}`,
  (pick, number) => `术后${number()}个月复查${pick(tests)}，若仍有${pick(findings)}则提示复发`,
];

/** Made-up Chinese passages of a textbook's kind, of six to eight claims each. Invented: they teach no medicine. */
export function chinesePassages(count: number): Passage[] {
  return Array.from({ length: count }, (_, index) => {
    const random = randomStream(["bench", "chinese", index]);
    const [pick, number] = [
      (from: readonly string[]): string => random.choice(from),
      (): number => 1 + random.integer(99),
    ];
    const text = Array.from({ length: 6 + random.integer(3) }, () => `${random.choice(claims)(pick, number)}。`).join(
      "",
    );
    return {
      id: `p${String(index).padStart(5, "0")}`,
      title: `第${index}节`,
      text,
      source: "made",
      section: null,
      year: null,
      evidenceLevel: null,
    };
  });
}

/** Strings from inside sentences, twelve to twenty characters that begin and end anywhere, as a person would copy them; gold is the title of their passage. */
export function chineseQueries(passages: readonly Passage[], count: number): Question[] {
  const random = randomStream(["bench", "chinese", "queries"]);
  return random
    .sample(passages, count)
    .map(({ title, text }, index) => questionOf(`q${index}`, title, inside(random, text)));
}

function inside(random: RandomStream, text: string): string {
  const clauses = text.split("。").filter((clause) => clause.length >= 13);
  const clause = random.choice(clauses);
  const length = Math.min(12 + random.integer(9), clause.length - 1);
  const start = random.integer(clause.length - length + 1);
  return clause.slice(start, start + length);
}

function questionOf(id: string, title: string, text: string): Question {
  return {
    id,
    dataset: "made",
    kind: "open",
    text,
    options: [],
    answer: "-",
    acceptedAnswers: [],
    partialAnswers: [],
    harmfulAnswers: [],
    references: [],
    goldTitles: [title],
    goldFacts: null,
    findings: [],
    cluster: id,
    tags: {},
  };
}
