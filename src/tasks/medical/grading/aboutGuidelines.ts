/** How a text can bear upon guidelines that others wrote. */
const relations =
  "(?:non-?)?(?:adherence|adherent|compliance|compliant|concordance|concordant|conformity|consistent)|awareness|knowledge|familiarity|attitudes?|views?|perceptions?|impact|effects?|influence|implementation|introduction|publication|dissemination|uptake|adoption|use|utili[sz]ation|application|effectiveness|evaluation|assessment|acceptance|barriers|deviations?|according|recommended";
/** Guidelines with what stands before them: "the 2013 national practice guidelines". */
const named = String.raw`(?:(?!(?:of|to|with|from|on|in|for|and)\b)[\w'/-]+ ){0,5}(?:guidelines?|consensus statements?)\b`;

/** What a title says about guidelines that others wrote: how they are kept to, known or used. */
export const aboutGuidelines = new RegExp(
  String.raw`\b(?:${relations}) (?:of|to|with|from|towards?|about|on|by) ${named}|\b(?:following|follow|using|implementing|applying) ${named}|\b(?:practice|clinical|management|consensus) guidelines? (?:adherence|compliance|concordance|implementation|awareness|dissemination|uptake|use)\b`,
  "g",
);
