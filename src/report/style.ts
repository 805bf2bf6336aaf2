/** The report's only style sheet: system fonts, light and dark by the reader's setting, colours told apart without red and green. */
export const style = `
:root { color-scheme: light dark; --page: #fff; --ink: #1b1f24; --soft: #5b6570; --rule: #dfe3e8; --panel: #f6f7f9;
  --c1: #0b62c4; --c2: #c05200; --c3: #6b4fbb; --c4: #00766c; --c5: #a1266b; --c6: #6d6b00; --good: #00766c; --bad: #b3261e; --think: #6b4fbb; --find: #0b62c4; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --ink: #e6e9ed; --soft: #9aa5b1; --rule: #2d343c; --panel: #1c2127;
  --c1: #6cb2ff; --c2: #ffa25e; --c3: #b9a3ff; --c4: #4fd0c0; --c5: #ff8cc6; --c6: #d3d066; --good: #4fd0c0; --bad: #ff8a80; --think: #b9a3ff; --find: #6cb2ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.75rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--rule); } h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .4rem 0 .8rem; max-width: 46rem; } .soft, figcaption span, .tick { color: var(--soft); } a { color: var(--c1); }
nav { display: flex; flex-wrap: wrap; }
nav a { margin-right: .9rem; white-space: nowrap; }
.scroll { overflow-x: auto; } .scroll td:not(.number):not(:empty) { min-width: 9rem; } .scroll:focus-visible, pre:focus-visible { outline: 2px solid var(--c1); } caption { text-align: left; font-size: .8rem; color: var(--soft); padding-bottom: .2rem; } tbody th[scope=row] { font-weight: 400; } .headline tbody th[scope=row] { font-weight: 600; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0 1rem; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; } th small { font-weight: 400; } th { font-weight: 600; } td.number, th.number { text-align: right; }
td small { display: block; color: var(--soft); white-space: nowrap; }
.headline td.number { font-size: 1.1rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem 1.75rem; }
figure { margin: 0; } .wide { max-width: 40rem; } line.whisker { stroke-dasharray: none; } figcaption { font-size: .875rem; min-height: 2.6em; } svg { width: 100%; height: auto; display: block; }
.tick { font-size: 11px; fill: var(--soft); } .grid { stroke: var(--rule); } .band-0 { fill: transparent; } .band-1 { fill: var(--panel); }
.faint { opacity: .3; } tbody th[colspan] { padding-top: .9rem; }
.whisker { stroke-width: 1.5; } path[class^=line] { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
${[1, 2, 3, 4, 5, 6].map((n) => `.line-${n} { stroke: var(--c${n}); } .dot-${n} { fill: var(--c${n}); }`).join("\n")}
.line-2 { stroke-dasharray: 5 3; } .line-3 { stroke-dasharray: 1.5 3; } .line-4 { stroke-dasharray: 8 3 1.5 3; } .line-5 { stroke-dasharray: 11 4; } .line-6 { stroke-dasharray: 2 6; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: .1rem 0 0; padding: 0; font-size: .8rem; color: var(--soft); } .legend .mark { display: inline-block; width: 1.5rem; height: .5rem; margin-right: .35rem; vertical-align: middle; }
.flag { border-left: 3px solid var(--bad); background: var(--panel); padding: .5rem .9rem; margin: .5rem 0; } .fine { border-left-color: var(--good); }
details { border: 1px solid var(--rule); border-radius: .4rem; margin: .4rem 0; content-visibility: auto; contain-intrinsic-size: auto 2.6rem; } summary { cursor: pointer; padding: .45rem .8rem; } details > div { padding: .25rem .9rem .8rem; }
.right { color: var(--good); } .wrong { color: var(--bad); }
.part { border-left: 3px solid var(--rule); padding: .1rem 0 .1rem .75rem; margin: .5rem 0; overflow-wrap: anywhere; } .part b { display: block; font-size: .75rem; font-weight: 600; color: var(--soft); }
.think { border-color: var(--think); } .call { border-color: var(--find); font-family: ui-monospace, monospace; } .response { background: var(--panel); font-size: .9rem; } .answer { border-color: var(--ink); font-weight: 600; }
h1, h2, summary, p { overflow-wrap: anywhere; } pre { background: var(--panel); padding: .8rem; overflow-x: auto; font-size: .8rem; line-height: 1.4; }
@media (max-width: 30rem) { body { padding: 1rem .75rem 3rem; } th, td { padding-right: .45rem; font-size: .85rem; } .headline td.number { font-size: .9rem; } .headline th { min-width: 0; } .wide .tick { font-size: 15px; } }
@media print { details { content-visibility: visible; } }
`;
