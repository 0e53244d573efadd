/**
 * The style of the page. It is sent as it is, and its hash allows it: nothing that is found out at run time may be in it.
 * @internal
 */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--text:#1c2128;--soft:#57606a;--line:#dde1e6;--link:#0a58b5;--ok:#1a7f37;--warn:#b26a00;--bad:#c62828;--idle:#7b8590;--spark:#4a78b5}
@media (prefers-color-scheme:dark){:root{--bg:#0e1116;--card:#161b22;--text:#e4e9ef;--soft:#9aa6b2;--line:#2a313a;--link:#7cb7ff;--ok:#3fb950;--warn:#e0a52e;--bad:#ff7b72;--idle:#7d8792;--spark:#6ea3e0}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;padding:28px 20px 56px;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
header,nav,main{max-width:1160px;margin:0 auto}
h1,h2,p,ul,dl,dd{margin:0;padding:0}
h1{font-size:26px;line-height:1.25;font-weight:650;overflow-wrap:anywhere}
h2{font-size:16px;font-weight:650}
a{color:var(--link);text-underline-offset:2px}
a:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
.lead{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:10px 20px}
.overall{padding:6px 16px;border:1px solid;border-radius:999px;background:var(--card);font-size:17px;font-weight:650}
.ok{--tone:var(--ok)}.warn{--tone:var(--warn)}.bad{--tone:var(--bad)}.idle{--tone:var(--idle)}
.overall{border-color:var(--tone)}
.mark{display:inline-flex;align-items:baseline;gap:7px;overflow-wrap:normal}
.mark::before{content:"";flex:none;width:.66em;height:.66em;background:var(--tone);border-radius:50%;forced-color-adjust:none}
.mark.warn::before{border-radius:0;width:.78em;clip-path:polygon(50% 0,100% 100%,0 100%)}
.mark.bad::before{border-radius:1px}
.mark.idle::before{background:none;border:2px solid var(--tone)}
.facts{display:flex;flex-wrap:wrap;gap:4px 28px;margin-top:10px}
.facts div{display:flex;gap:7px}
dt,.soft,.note,.why,.below,.none,.more,caption,thead th,.label,.tiles .below{color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;margin:24px 0;list-style:none}
.tiles a,.tiles div{display:block;height:100%;padding:12px 16px 14px;border:1px solid var(--line);border-radius:10px;background:var(--card);color:inherit;text-decoration:none}
.tiles a:hover{border-color:var(--soft)}
.tiles span{display:block}
.tiles .mark{display:flex}
.tiles .mark,.tiles .below{font-size:14px}
.label{font-size:13px}
.count{font-size:26px;line-height:1.35;font-weight:600;font-variant-numeric:tabular-nums}
section{margin:0 0 16px;padding:16px 18px 10px;border:1px solid var(--line);border-radius:10px;background:var(--card)}
.note,.none,.more{padding:2px 0 6px;font-size:14px}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:0 16px;align-items:start}
table{width:100%;border-collapse:collapse;font-size:14px}
caption,.aside{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{padding:8px 12px 8px 0;border-top:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400;overflow-wrap:anywhere}
th:last-child,td:last-child{padding-right:0}
thead th{border-top:0;font-size:13px;vertical-align:bottom;overflow-wrap:normal}
thead .num{white-space:normal}
tbody th{min-width:150px}
td{min-width:84px}
td.num{min-width:0}
.name{display:block;font-weight:600}
.below,.why{font-size:13px}
.below,td .why{display:block}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.empty{color:var(--soft)}
.spark{display:block;width:120px;height:30px}
.spark polyline{fill:none;stroke:var(--spark);stroke-width:3;stroke-linejoin:round;stroke-linecap:round}
.spark circle{fill:var(--spark)}
.spark path{stroke:var(--bad);stroke-width:6}
.bar{display:block;width:100%;min-width:140px;height:10px;margin-top:5px;border-radius:3px;background:color-mix(in srgb,var(--line) 55%,transparent)}
.bar rect{fill:var(--tone)}
.bar.ok rect{fill:var(--spark)}
.values{display:flex;flex-wrap:wrap;gap:2px 18px}
.values div{display:flex;gap:6px}
.values dd{font-variant-numeric:tabular-nums;font-weight:600}
@media (max-width:760px){
body{padding:18px 12px 40px}
.tiles{grid-template-columns:1fr 1fr;gap:10px;margin:18px 0}
.tiles li:last-child:nth-child(odd){grid-column:1/-1}
.tiles a,.tiles div{padding:10px 12px 12px}
section{padding:14px 14px 6px}
table,tbody,tr,th,td{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tbody tr{display:flex;flex-wrap:wrap;gap:2px 20px;padding:10px 0;border-top:1px solid var(--line)}
tbody tr:first-child{border-top:0}
tbody th,tbody td{min-width:0;padding:0;border:0}
tbody th{flex:1 1 50%}
td{flex:1 1 100%}
td.state{flex:0 1 auto}
td[data-label]{display:flex;justify-content:space-between;gap:12px;text-align:right}
td[data-label]::before{content:attr(data-label);color:var(--soft);white-space:nowrap}
td.num{flex:1 1 calc(50% - 10px);min-width:max-content}
td.empty{display:none}
.bar{margin:5px 0}
}
`;
