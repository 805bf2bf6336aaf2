/**
 * The form's own script, a constant: keeps what is filled in, and saves it with a rating a line. What is filled in is
 * kept with the page in the browser's history, too: a busy browser was seen to lose its local storage when the page
 * was loaded again.
 */
export const formScript = `
const form = document.getElementById("review");
const place = "med-r3-review-" + form.dataset.form;
const status = form.querySelector("[role=status]");
const kept = () => Object.fromEntries(new FormData(form));
const stored = () => {
  try { return JSON.parse(localStorage.getItem(place)); } catch { return null; }
};
for (const [name, value] of Object.entries(stored() ?? history.state ?? {})) {
  const field = form.elements.namedItem(name);
  if (field !== null) field.value = value;
}
form.addEventListener("change", () => history.replaceState(kept(), ""));
form.addEventListener("input", () => {
  try { localStorage.setItem(place, JSON.stringify(kept())); } catch {}
  status.textContent = "";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const filled = kept();
  const ratings = [...form.querySelectorAll("article")].map(({ dataset: { id } }) => JSON.stringify({
    id, correct: filled[id + ".correct"], supported: filled[id + ".supported"], safe: filled[id + ".safe"],
    harmfulOmission: filled[id + ".harmfulOmission"], comment: filled[id + ".comment"],
  }));
  const text = '{\\n"format": "med-r3-review-1",\\n"form": ' + JSON.stringify(form.dataset.form) + ',\\n"rater": ' + JSON.stringify(filled.rater)
    + ',\\n"ratings": [\\n' + ratings.join(",\\n") + "\\n]\\n}\\n";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "review-" + filled.rater.replace(/[^A-Za-z0-9-]+/g, "-") + ".json";
  link.click();
  status.textContent = "Saved as " + link.download + ".";
});
`;
