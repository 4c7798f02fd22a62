"use strict";
/** What the parts of the page write with: lists that keep their elements, texts that change only when they differ. */
const Dom = (() => {
  const MANY = 8; // more new rows than this at once do not flash: nobody could follow
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const $ = (id) => document.getElementById(id);

  /** Makes the children of a list those of the items, in their order, and keeps elements whose key stays. */
  function keyed(list, items, key, create, update) {
    const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
    const first = old.size === 0;
    const created = [];
    let at = list.firstChild;
    for (const item of items) {
      const id = String(key(item));
      let child = old.get(id);
      const fresh = !child;
      if (fresh) {
        child = create(item);
        child.dataset.key = id;
        created.push(child);
      }
      old.delete(id);
      update(child, item, fresh);
      if (child === at) at = at.nextSibling; else list.insertBefore(child, at);
    }
    for (const gone of old.values()) gone.remove();
    if (created.length <= MANY && (!first || items.length === 1)) created.forEach(flash);
  }

  function flash(element) {
    if (still.matches) return;
    const from = getComputedStyle(document.documentElement).getPropertyValue("--accent-soft");
    element.animate([{ backgroundColor: from }, {}], { duration: 1100, easing: "ease-out" });
  }

  function element(tag, kind, content) {
    const e = document.createElement(tag);
    if (kind) e.className = kind;
    if (content !== undefined) e.textContent = content;
    return e;
  }
  function code(content) {
    return element("code", "", content);
  }
  function set(element, content) {
    if (element.textContent === content) return false;
    element.textContent = content;
    return true;
  }
  function text(id, content) {
    set($(id), content);
  }
  function state(pill, value, label) {
    pill.dataset.state = value;
    set(pill, label);
  }
  function format(n) {
    return n.toLocaleString("en");
  }
  function number(id, n) {
    text(id, n === null ? "–" : format(n));
  }
  function plural(n, one, many) {
    return format(n) + " " + (n === 1 ? one : many);
  }
  function duration(ms) {
    if (ms === null) return "–";
    if (ms < 10) return ms.toFixed(1) + " ms";
    if (ms < 1000) return Math.round(ms) + " ms";
    return (ms / 1000).toFixed(ms < 10000 ? 1 : 0) + " s";
  }
  function time(iso) {
    return iso ? new Date(iso).toLocaleTimeString("en-GB") : "–";
  }

  return { $, keyed, flash, element, code, set, text, state, format, number, plural, duration, time };
})();
