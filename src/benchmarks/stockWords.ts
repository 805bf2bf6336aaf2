/** Words that questions are put with whatever they ask about: alone they are no sign of a copy. */
export const stockWords: ReadonlySet<string> = new Set(
  (
    "a an the this that these those his her its their of in on at to for from by with without and or not no nor but as than then if when while " +
    "is are was were be been being has have had does do did will would can could should may might must " +
    "he she it they him them who whom whose which what where why how " +
    "following most least best likely probably expected appropriate true false correct incorrect except all any each one only first next initial " +
    "patient patients s man woman boy girl child infant year old years month months day days ago after before during " +
    "diagnosis cause causes underlying condition conditions mechanism explanation finding findings symptoms presentation history " +
    "management step treatment therapy drug test risk factor factors associated seen regarding about responsible statement statements option options " +
    "given described used additional further present presents come comes brought physician office emergency department clinic because because evaluation " +
    "physical examination shows show reveals temperature pulse blood pressure respirations mm hg min bpm c f"
  ).split(" "),
);

/** The same of Chinese: phrases that are taken out before characters are put together. */
export const stockCharacters =
  /下列(?:哪一?(?:项|种|个|组)|选项|各项|关于|有关)?|以下(?:哪一?(?:项|种|个))?|哪一?(?:项|种|个|组)|最?可能的?(?:诊断|原因|病因|机制)?(?:是|为)?|应?首先?考虑的?(?:诊断|疾病)?(?:是|为)?|(?:首选|最佳|最主要|主要|恰当|合适|适宜)的?(?:治疗|处理|检查|药物|措施|方法|方案)*(?:是|为)?|(?:叙述|说法|描述|表述)?(?:不?正确|错误|不?恰当|不?属于|不?包括|不?是|不?符合)的?(?:是|为)?|除.{0,2}外|患者|病人|关于|有关|该|其|诊断|入院|就诊|查体/gu;
