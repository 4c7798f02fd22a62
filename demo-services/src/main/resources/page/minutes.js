"use strict";
/** Draws new accounts by the minute as bars, the last quarter of an hour. */
const Minutes = (() => {
  const SHOWN = 15;
  const SVG = "http://www.w3.org/2000/svg";
  let drawn = "";

  /** Draws again only when a count, the minute or the width is another. */
  function draw(svg, minutes, now) {
    const width = svg.clientWidth, height = svg.clientHeight;
    if (!width || !height) return;
    const counts = new Map(minutes.map((minute) => [Math.round(Date.parse(minute.begin) / 60000), minute.accounts]));
    const newest = Math.max(Math.floor(now / 60), ...counts.keys());
    const bars = Array.from({ length: SHOWN }, (_, i) => newest - SHOWN + 1 + i)
        .map((minute) => ({ minute, accounts: counts.get(minute) || 0 }));
    const content = JSON.stringify([bars, width, height]);
    if (content === drawn) return;
    drawn = content;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren(...shapes(bars, width, height));
  }

  function shapes(bars, width, height) {
    const top = 18, bottom = height - 20, step = width / SHOWN, gap = Math.min(10, step * .22);
    const most = Math.max(1, ...bars.map((bar) => bar.accounts));
    return bars.flatMap(({ minute, accounts }, i) => {
      const x = i * step + gap / 2, wide = step - gap;
      const tall = accounts ? Math.max(3, (accounts / most) * (bottom - top)) : 2;
      const kind = !accounts ? "none" : i === SHOWN - 1 ? "now" : "past";
      const bar = shape("rect", { x, y: bottom - tall, width: wide, height: tall, rx: Math.min(3, tall / 2), class: kind });
      const title = document.createElementNS(SVG, "title");
      title.textContent = `${clock(minute)}: ${accounts.toLocaleString("en")} new accounts`;
      bar.append(title);
      const middle = x + wide / 2;
      const labels = accounts ? [label(middle, bottom - tall - 6, short(accounts, step), "count")] : [];
      // Every third one where they would touch each other.
      if (step >= 44 || (SHOWN - 1 - i) % 3 === 0) {
        labels.push(label(middle, height - 5, i === SHOWN - 1 ? "now" : clock(minute), "clock"));
      }
      return [bar, ...labels];
    });
  }

  function shape(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    return element;
  }
  function label(x, y, content, kind) {
    const text = shape("text", { x, y, class: kind });
    text.textContent = content;
    return text;
  }
  function clock(minute) {
    return new Date(minute * 60000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  }
  function short(n, step) {
    if (n < 1000 || (n < 10000 && step >= 34)) return n.toLocaleString("en");
    return (n / 1000).toFixed(n < 10000 ? 1 : 0) + "k";
  }

  return { draw };
})();
