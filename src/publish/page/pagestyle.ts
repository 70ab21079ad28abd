/** The style of the page. Colours have one meaning each: blue is traffic, amber a warning, red an attack or a break-in. */

/** The text of its style element; its hash stands in the page's policy. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--ink:#1a1f26;--soft:#56606c;--line:#dde2e8;--panel:#f5f7f9;--traffic:#2f6db5;--quiet:#8b97a5;--warn:#8f5200;--warn-fill:#e09b2d;--bad:#b3261e;--bad-fill:#d5392f}
@media (prefers-color-scheme:dark){:root{--bg:#12161b;--ink:#e7ebf0;--soft:#a2adb9;--line:#2d353f;--panel:#1a2027;--traffic:#6fa9ea;--quiet:#78848f;--warn:#f2b75c;--warn-fill:#d3912e;--bad:#ff9488;--bad-fill:#e5574c}}
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;background:var(--bg);color:var(--ink);-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;max-width:70rem;padding:1.5rem 1.5rem 4rem;overflow-wrap:anywhere}
header.top{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;color:var(--soft);font-size:.875rem;margin-bottom:1.25rem}
header.top b{color:var(--ink);letter-spacing:.02em}
h1{font-size:clamp(1.375rem,3.2vw,2rem);line-height:1.25;font-weight:650;margin:0;text-wrap:balance}
h2{font-size:1.125rem;font-weight:650;margin:3rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:.8125rem;font-weight:600;color:var(--soft);margin:1.25rem 0 .375rem}
p{margin:.5rem 0;max-width:46rem}
:focus-visible{outline:2px solid var(--traffic);outline-offset:2px;border-radius:3px}
.verdict{border-left:5px solid var(--quiet);padding:.25rem 0 .25rem 1.125rem}
.verdict p{margin:.5rem 0 0;color:var(--soft)}
.verdict.bad{border-color:var(--bad-fill)}
.verdict.warn{border-color:var(--warn-fill)}
.facts{display:grid;grid-template-columns:repeat(6,1fr);gap:1rem 1.5rem;margin:1.75rem 0 0}
.facts div{border-top:1px solid var(--line);padding-top:.5rem}
.facts dt{color:var(--soft);font-size:.8125rem}
.facts dd{margin:0;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
.facts .small span{display:block}.facts .small dd{font-size:.9375rem;font-weight:500;line-height:1.4;padding-top:.2rem}
ol.next{padding-left:1.375rem;max-width:46rem;margin:.5rem 0}
ol.next li{margin:.5rem 0;padding-left:.25rem}
ol.next li::marker{color:var(--soft);font-weight:600}
.rows{display:grid;gap:2px}
.row{display:grid;grid-template-columns:9.5rem 1fr 5.5rem;gap:0 .875rem;align-items:center;font-size:.875rem}
.row .value{text-align:right;font-variant-numeric:tabular-nums;color:var(--soft)}
.row .name{overflow:hidden;text-overflow:ellipsis}
.bars,.track{display:block;width:100%;height:24px;overflow:visible}
.bars{border-bottom:1px solid var(--line)}
.attacks h3{color:var(--ink);margin:.75rem 0 .125rem}.attacks h3:first-child{margin-top:0}
.base{stroke:var(--line)}
.ticks{display:flex;justify-content:space-between;color:var(--soft);font-size:.75rem;font-variant-numeric:tabular-nums}
.traffic{fill:var(--traffic)}.quiet{fill:var(--quiet)}rect.warn,path.warn{fill:var(--warn-fill)}rect.bad,path.bad{fill:var(--bad-fill)}
.entry{fill:var(--bg);stroke:var(--bad-fill);stroke-width:3}
.streams .row{grid-template-columns:minmax(0,1.4fr) 1fr 6.5rem 1fr 6.5rem}.streams .row .value{text-align:left}.streams .bars{height:10px;border:0;background:var(--panel)}
.note{font-size:.8125rem;color:var(--soft)}
.attacker{border:1px solid var(--line);border-radius:8px;padding:1rem 1.125rem;margin:.75rem 0;break-inside:avoid}
.attacker h3{font-size:1.0625rem;color:var(--ink);margin:0;display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline}
.attacker h3 .when{font-weight:400;font-size:.875rem;color:var(--soft)}
.stages{list-style:none;margin:.75rem 0;padding:0;border-left:2px solid var(--line)}
.stages li{padding:.125rem 0 .5rem 1rem;position:relative}
.stages li::before{content:"";position:absolute;left:-5px;top:.6rem;width:8px;height:8px;border-radius:50%;background:var(--quiet)}
.stages li.bad::before{background:var(--bad-fill)}.stages li.warn::before{background:var(--warn-fill)}
.stages .stage{color:var(--soft);font-size:.8125rem}
.pairs{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.5rem 0 0;font-size:.875rem}
.pairs dt{color:var(--soft)}.pairs dd{margin:0}
.badge{font-size:.8125rem;font-weight:600;white-space:nowrap}
.badge.bad{color:var(--bad)}.badge.warn{color:var(--warn)}.badge.plain{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th{text-align:left;font-weight:600;color:var(--soft);font-size:.8125rem;border-bottom:1px solid var(--line);padding:.375rem .75rem .375rem 0;vertical-align:bottom}
td{border-bottom:1px solid var(--line);padding:.5rem .75rem .5rem 0;vertical-align:top}
th:last-child,td:last-child{padding-right:0}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.t{white-space:nowrap;font-variant-numeric:tabular-nums}
td{overflow-wrap:break-word}td p{margin:.125rem 0}table{table-layout:fixed}th.level{width:10rem}th.who{width:10rem}th.when{width:5rem}th.n{width:4rem}
details{margin:.375rem 0}
summary{cursor:pointer;color:var(--traffic);font-size:.875rem;width:fit-content}
details.call{border-bottom:1px solid var(--line);margin:0;padding:.5rem 0}
details.call>summary{width:auto;color:var(--ink)}
details.call>summary .soft{color:var(--soft)}
.soft{color:var(--soft)}
.scroll{overflow-x:auto;margin:.5rem 0;background:var(--panel);border-radius:6px;padding:.5rem}
.ladder{display:block;font-size:12px}
.ladder text{fill:var(--ink)}
.ladder .party{font-weight:600}
.ladder .life{stroke:var(--line);stroke-width:1.5}
.ladder .when{fill:var(--soft);font-size:11px}
.ladder tspan{fill:var(--soft);font-size:10.5px}
.ladder .media{fill:var(--soft);font-size:11px}
.ladder g line{stroke:var(--ink);stroke-width:1.25}.ladder g path{fill:var(--ink)}
.ladder g.answer line{stroke:var(--traffic)}.ladder g.answer path{fill:var(--traffic)}
.ladder g.warn line{stroke:var(--warn-fill)}.ladder g.warn path{fill:var(--warn-fill)}.ladder g.warn .what{fill:var(--warn)}
.ladder g.bad line{stroke:var(--bad-fill)}.ladder g.bad path{fill:var(--bad-fill)}.ladder g.bad .what{fill:var(--bad)}
.ladder g.rtp line{stroke:var(--quiet);stroke-width:5;opacity:.55}.ladder g.rtp path{fill:var(--quiet)}.ladder g.rtp .what{fill:var(--soft)}
.ladder g.again line{stroke-dasharray:4 3}
footer{margin-top:3rem;color:var(--soft);font-size:.8125rem}
@media (max-width:60rem){.facts{grid-template-columns:repeat(3,1fr)}
table.cards thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}table.cards td:nth-child(2){order:1}table.cards tr{display:flex;flex-direction:column;border-bottom:1px solid var(--line);padding:.625rem 0}table.cards td{display:block;border:0;padding:.0625rem 0;text-align:left;white-space:normal}table.cards td[data-name]::before{content:attr(data-name) " ";color:var(--soft)}}
@media (max-width:46rem){.facts{grid-template-columns:repeat(2,1fr)}body{padding:1rem 1rem 3rem}.row{grid-template-columns:1fr auto;margin-bottom:.375rem}.row .name{grid-row:1}.row .value{grid-row:1}.row .bars,.row .track,.row .ticks{grid-column:1/-1}.row.axis{margin:0}.row.axis .name,.row.axis .value{display:none}
.streams .row{grid-template-columns:1fr auto}.streams .row .name,.streams .row .value{grid-row:auto}.streams .row .name{grid-column:1/-1}.streams .row .bars{grid-column:1}.streams .head{display:none}
.pairs{grid-template-columns:1fr;gap:0}.pairs dd{margin-bottom:.375rem}}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:11pt}details::details-content{content-visibility:visible;height:auto}summary{color:var(--ink)}h2,h3{break-after:avoid}tr,.row,.attacker,.scroll{break-inside:avoid}.scroll{overflow:visible;background:none}.ladder{max-width:100%;height:auto}}
`;
