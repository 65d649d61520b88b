/** Style sheet of a report, for light and dark screens from 320 pixels. */
export const style = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#57606a;--line:#d0d7de;--soft:#f3f5f8;--link:#0550ae;--good:#116329;--poor:#a40e26;--warn:#7a4d00;--bar:#8bb8e8;--crit:#0b5cad;--bad:#d1344b;--grid:#e3e7ec;--goodbg:#dcf5e3;--poorbg:#ffe3e6;--warnbg:#fff3d1;--range:#7a4d00;--service:#116329}
@media(prefers-color-scheme:dark){:root{--bg:#0f1419;--fg:#e6edf3;--dim:#9aa7b4;--line:#343c46;--soft:#1a2129;--link:#79b8ff;--good:#6fdd8b;--poor:#ff9a9f;--warn:#f0c060;--bar:#3d6a9c;--crit:#79b8ff;--bad:#f0616d;--grid:#262e38;--goodbg:#12321d;--poorbg:#45161c;--warnbg:#3a2c08;--range:#f0c060;--service:#6fdd8b}}
*{box-sizing:border-box}
html{background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;scroll-padding-top:1rem}
body{margin:0 auto;max-width:1240px;padding:1.25rem clamp(.9rem,3vw,2.5rem) 4rem}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .35rem}h2{font-size:1.2rem;margin:0 0 .5rem}h3{font-size:1rem;margin:.9rem 0 .4rem}h4{font-size:.9rem;margin:0 0 .4rem}
p{margin:0 0 .7rem;max-width:76ch}a{color:var(--link)}
section{margin-top:2.4rem}ul,ol{margin:0;padding:0;list-style:none}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
.mono,pre,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.87em}
.mono{overflow-wrap:anywhere}.dim{color:var(--dim)}.ok{color:var(--good);font-weight:700}.no{color:var(--poor);font-weight:700}
.state{display:inline-block;border-radius:99px;padding:.05rem .6rem;font-size:.82rem;font-weight:600;background:var(--soft);border:1px solid var(--line)}
.state.good{background:var(--goodbg);color:var(--good);border-color:transparent}.state.poor{background:var(--poorbg);color:var(--poor);border-color:transparent}
header .state{font-size:.95rem;padding:.15rem .8rem;vertical-align:.25rem;margin-left:.4rem}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem .9rem;margin-top:.9rem;padding:.6rem 0;border-block:1px solid var(--line);font-size:.93rem}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:.6rem;margin:0}
.facts div{background:var(--soft);border-radius:8px;padding:.5rem .75rem;min-width:0}
.facts dt{color:var(--dim);font-size:.82rem}.facts dd{margin:0;font-weight:600;overflow-wrap:anywhere}
.top-facts{margin-top:1.1rem}.top-facts dd{font-size:1.1rem}
.alarm,.warn{border-radius:8px;padding:.8rem 1rem}.alarm{background:var(--poorbg)}.warn{background:var(--warnbg)}
.alarm h2{color:var(--poor)}.warn h2{color:var(--warn)}.alarm h3{margin-top:.8rem}
code{background:var(--soft);border-radius:4px;padding:0 .25em}.alarm code,.warn code{background:none;font-weight:600;padding:0}pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;line-height:1.45}
.alarm ul,.warn ul{list-style:disc;padding-left:1.2rem}.alarm li,.warn li{overflow-wrap:anywhere}
.urls{columns:15rem;max-width:60rem}.urls a{font-size:1.05rem;overflow-wrap:anywhere}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;padding:.4rem .7rem;vertical-align:top}
th{background:var(--soft);font-weight:600;white-space:nowrap}tr+tr td{border-top:1px solid var(--line)}.num{text-align:right;white-space:nowrap}
td .mono,.whole{white-space:nowrap}
details{border:1px solid var(--line);border-radius:8px;margin-top:.5rem}summary{cursor:pointer;padding:.5rem .75rem;border-radius:8px}
details[open]>summary{border-bottom:1px solid var(--line);border-radius:8px 8px 0 0}details>.scroll{border:0}
.cluster.plain{border:1px solid var(--line);border-radius:8px;padding:.5rem .75rem;margin-top:.5rem}
.tree.top{padding:.7rem .75rem}.tree .tree{margin-left:.35rem;padding-left:.95rem;border-left:2px solid var(--grid)}.tree li{margin-top:.45rem}
.conds{display:flex;flex-wrap:wrap;gap:.25rem;margin:.25rem 0 .2rem 1.3rem}
.tree .conds li{margin:0;background:var(--soft);border-radius:5px;padding:0 .45rem;font-size:.82rem;max-width:100%;overflow-wrap:anywhere}
.conds time{color:var(--dim)}.tree .conds .bad{background:var(--poorbg);color:var(--poor)}.conds .bad time{color:inherit}.msg{display:block}.tree .conds .quiet{background:none;color:var(--dim);padding:0 .2rem}
.key{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.88rem;color:var(--dim)}.key .bar{display:inline-block;width:1.4rem;vertical-align:-.05rem;margin-right:.4rem}
.bar{display:block;height:11px;border-radius:3px;background:var(--bar);min-width:3px}.crit .bar,.bar.crit{background:var(--crit)}.bad .bar,.bar.bad{background:var(--bad)}
.axis,.row{display:grid;grid-template-columns:minmax(0,27rem) minmax(0,1fr) 7.5rem;gap:0 .8rem}
.axis{font-size:.8rem;color:var(--dim);height:1.3rem}.marks{grid-column:2;position:relative}.marks span{position:absolute;white-space:nowrap}
.row{align-items:center;font-size:.88rem;padding:.14rem 0;border-top:1px solid var(--grid)}
.what{min-width:0;display:flex;flex-wrap:wrap;gap:0 .4rem}.what .dim{font-size:.9em}.name{overflow-wrap:anywhere}.crit .name{font-weight:600}
.track{display:block;overflow:hidden;align-self:stretch;display:flex;align-items:center;background:repeating-linear-gradient(to right,var(--line) 0 1px,transparent 1px var(--tick))}
.bar{flex:none}.took{text-align:right;color:var(--dim);font-variant-numeric:tabular-nums}.bad .took{color:var(--poor)}
.rows{margin-bottom:.8rem;border-bottom:1px solid var(--grid)}
.frame{border:2px solid var(--line);border-radius:12px;padding:.8rem 1rem}.frame h3{margin:0}
.nets{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:1.2rem}
.net svg{display:block;width:100%;max-width:440px}
.bus,.wire{stroke:var(--dim);fill:none;stroke-width:1.5}.bus{stroke-width:3}
.box{fill:var(--soft);stroke:var(--dim)}.box.lb{stroke:var(--crit)}.box.range{stroke:var(--range);stroke-dasharray:5 3}.box.service{stroke:var(--service)}
.t1,.t2{font-family:system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--fg);font-size:12px;font-weight:600}.t2{fill:var(--dim);font-weight:400;font-size:11.5px}
.graph{display:block;width:100%;max-width:440px;margin:.4rem 0 1rem}.tip{fill:var(--dim)}
.list{padding:.5rem .75rem;font-size:.9rem;list-style:decimal inside;columns:1}.list li{padding:.12rem 0;overflow-wrap:anywhere}.needs{display:block;margin-left:1.4rem;color:var(--dim);font-size:.92em}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.8rem;color:var(--dim);font-size:.88rem}
@media(max-width:900px){.axis,.row{grid-template-columns:minmax(0,18rem) minmax(0,1fr) 6rem}}
@media(max-width:640px){.cards{overflow-x:visible}.cards table,.cards tbody,.cards tr,.cards td{display:block}.cards thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}.cards tr{padding:.5rem .75rem}.cards tr+tr{border-top:1px solid var(--line)}.cards tr td{display:grid;grid-template-columns:7.5rem minmax(0,1fr);padding:.08rem 0;border:0}.cards td::before{content:attr(data-name);color:var(--dim)}.cards td:empty{display:none}.cards td .mono{white-space:normal}.axis,.row{grid-template-columns:minmax(0,1fr) auto}.axis .marks{grid-column:1/-1}.track{grid-column:1/-1;grid-row:2;height:1rem}.tree .tree{padding-left:.6rem}.conds{margin-left:0}header .state{margin-left:0}}
@media print{details{break-inside:avoid}nav{display:none}}
`.trim();
