import { percent } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";

const width = 160;

/** A share (0 to 1) as a bar of the whole. */
export function shareBar(share: number): Html {
  return html`<svg class="forest" viewBox="0 0 ${width} 12" role="img" aria-label="${percent(share)}"><rect class="band-1" width="${width}" height="12"/><rect class="dot-1" width="${share * width}" height="12"/></svg>`;
}
