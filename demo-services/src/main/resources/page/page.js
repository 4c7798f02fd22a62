"use strict";
(() => {
  const { $, keyed, flash, element, code, set, text, state, format, number, plural, duration, time } = Dom;
  const SLOW_MS = 1000;
  let frame = null;
  let chosen = null;
  let scheduled = false;

  // ---- frames ----------------------------------------------------------------------------------------------------
  const frames = new EventSource("frames");
  frames.addEventListener("frame", (message) => {
    frame = JSON.parse(message.data);
    show();
  });
  frames.onopen = () => state($("connection"), "up", "live");
  frames.onerror = () => state($("connection"), "down", "page server gone, trying again");

  function show() {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      if (frame) render();
    });
  }

  function render() {
    const { counts, controls } = frame;
    const { accounts, relay, directory, analytics, notification } = frame.programs;
    number("emitted", counts.emitted);
    number("stored", counts.stored);
    number("handled", counts.handled);
    const waiting = counts.emitted === null || counts.handled === null
        ? null : Math.max(0, counts.emitted - counts.handled - counts.discarded);
    number("waiting", waiting);
    $("waiting").parentElement.classList.toggle("some", waiting > 0);
    text("waiting-where", where(waiting, counts));
    text("p50", duration(frame.latency.p50));
    text("p99", duration(frame.latency.p99));
    Chart.draw($("chart"), frame.latency);

    renderAccounts(accounts);
    renderRelay(relay, waiting, counts, controls);
    renderDirectory(directory, controls);
    renderAnalytics(analytics, controls);
    consuming("notification", notification, controls, Mails.good(frame));
    Mails.render(frame);
    Parked.render(frame);
  }

  /** Each event that waits is in one of three places. */
  function where(waiting, counts) {
    if (!waiting) return "emitted, not yet handled";
    const inOutbox = Math.max(0, counts.emitted - counts.stored);
    const parked = Math.min(waiting - inOutbox, Parked.total(frame, "directory-service"));
    const inStream = waiting - inOutbox - parked;
    const places = [[inOutbox, "in the outbox"], [inStream, "in the stream"], [parked, "parked"]].filter(([n]) => n > 0);
    return places.length === 1 ? places[0][1] : places.map(([n, place]) => `${format(n)} ${place}`).join(", ");
  }

  // ---- the services --------------------------------------------------------------------------------------------
  function renderAccounts(answer) {
    state($("accounts-state"), answer ? "up" : "down", answer ? "up" : "no answer");
    $("accounts").classList.toggle("stale", !answer);
    if (!answer) return;
    text("accounts-total", plural(answer.total, "account", "accounts"));
    if (chosen !== null && !answer.accounts.some((account) => account.userId === chosen)) chosen = null;
    rows($("accounts"), answer.accounts, (a) => a.userId, (a) => [
      ["id", a.userId], ["", a.username], ["", a.email], ["secret", "••••••••"], ["time", time(a.lastLogin)],
    ]);
    for (const row of $("accounts").children) row.classList.toggle("chosen", Number(row.dataset.key) === chosen);
    $("accounts-empty").hidden = answer.accounts.length > 0;
    const target = chosenAccount();
    text("selection", target
        ? `E-mail, Log in, Delete: ${target.userId} ${target.username}${chosen === null ? " (click a row to choose)" : ""}`
        : "Each change and its event are one transaction");
    for (const button of document.querySelectorAll("[data-account]")) button.disabled = !target;
  }

  function renderRelay(relay, waiting, counts, controls) {
    state($("relay-state"), relay, relay);
    text("stream-total", counts.stored === null ? "" : format(counts.stored) + " in the stream");
    const held = counts.emitted === null || counts.stored === null ? 0 : Math.max(0, counts.emitted - counts.stored);
    note($("relay-note"), controls.available, relay === "down", "relay",
        `The relay is dead. Accounts can still be changed: ${held ? plural(held, "event waits", "events wait") : "events will wait"} in the outbox.`,
        "PostgreSQL's WAL → Debezium → NATS JetStream");
    buttons("relay", controls);

    $("events-empty").hidden = frame.events.length > 0;
    keyed($("events"), frame.events, (e) => e.sequence, newEvent, (li, e) => {
      const took = li.children[1];
      const open = e.handledAfter === null;
      set(took, open ? "stored" : duration(e.handledAfter));
      took.className = open ? "took open" : e.handledAfter >= SLOW_MS ? "took slow" : "took";
    });
  }

  function newEvent(e) {
    const li = document.createElement("li");
    li.className = e.type;
    const what = element("div", "what");
    what.append(document.createElement("i"), e.type, element("span", "", e.aggregate.split(" ").pop()));
    const place = "p" + String(e.partition).padStart(2, "0") + "  " + e.position.replace(/^0+/, "").replace(/-0+(?=[0-9a-f])/g, "-")
        + "  stored +" + duration(e.storedAfter);
    const where = element("div", "where", place);
    where.title = `${e.aggregate}: message ${e.sequence} of the stream, partition ${e.partition}, Outbox-Position ${e.position}`;
    li.append(what, element("div", "took"), where);
    return li;
  }

  function renderDirectory(answer, controls) {
    consuming("directory", answer, controls, "A copy in another database, fed by the events only");
    $("directory").classList.toggle("stale", !answer);
    if (!answer) return;
    text("directory-total", plural(answer.total, "entry", "entries"));
    rows($("directory"), answer.entries, (a) => a.userId, (a) => [
      ["id", a.userId], ["", a.username], ["", a.email], ["time", time(a.lastLogin)],
    ]);
    $("directory-empty").hidden = answer.entries.length > 0;
  }

  function renderAnalytics(answer, controls) {
    consuming("analytics", answer, controls, answer && answer.lists
        ? `Each bar is a minute. The handler takes lists: ${plural(answer.accounts, "account", "accounts")} in ${plural(answer.lists, "call", "calls")}`
        : "Each bar is a minute of new accounts. The handler takes as many at a time as there are");
    $("minutes").classList.toggle("stale", !answer);
    if (!answer) return;
    text("analytics-total", format(answer.accounts) + " counted");
    Minutes.draw($("minutes"), answer.minutes, frame.latency.now);
  }

  /** State, note and buttons of a service that is fed by events. */
  function consuming(name, answer, controls, good) {
    const program = name + "-service";
    const alive = controls.alive.includes(program);
    const down = !answer && (!controls.available || !alive);
    const value = answer ? "up" : down ? "down" : "starting";
    state($(name + "-state"), value, value);
    note($(name + "-note"), controls.available, down, program,
        "The service is dead. Its events wait in the stream; it goes on where it was.", good);
    buttons(program, controls);
  }

  function note(element, controllable, down, program, bad, good) {
    element.classList.toggle("bad", down);
    element.classList.toggle("typed", !controllable);
    const type = controllable ? "" : ` docker compose ${down ? "start" : "kill"} ${program}`;
    if (element.textContent !== (down ? bad : good) + type) {
      element.replaceChildren(down ? bad : good);
      if (type) element.append(" ", code(type.trim()));
      element.title = element.textContent;
    }
  }

  function buttons(program, controls) {
    const alive = controls.alive.includes(program);
    document.querySelector(`[data-kill="${program}"]`).disabled = !controls.available || !alive;
    document.querySelector(`[data-start="${program}"]`).disabled = !controls.available || alive;
  }

  // ---- tables ----------------------------------------------------------------------------------------------------
  function rows(body, items, key, cells) {
    keyed(body, items, key, (item) => {
      const row = document.createElement("tr");
      row.append(...cells(item).map(([kind]) => element("td", kind)));
      if (body.id === "accounts") row.tabIndex = 0;
      return row;
    }, (row, item, fresh) => {
      let changed = false;
      cells(item).forEach(([, value], i) => {
        if (set(row.children[i], String(value))) {
          row.children[i].title = String(value);
          changed = true;
        }
      });
      if (changed && !fresh) flash(row);
    });
  }

  // ---- buttons ---------------------------------------------------------------------------------------------------
  function chosenAccount() {
    const all = frame && frame.programs.accounts ? frame.programs.accounts.accounts : [];
    return all.find((account) => account.userId === chosen) || all[0];
  }

  async function press(button, path) {
    button.disabled = true;
    button.classList.add("busy");
    try {
      const answer = await fetch("do/" + path, { method: "POST", headers: { "X-Aftercommit-Demo": "button" } });
      if (!answer.ok) {
        const body = await answer.json().catch(() => ({}));
        toast(body.error || "That did not work: HTTP " + answer.status);
      }
    } catch (e) {
      toast("The page's server does not answer.");
    } finally {
      button.disabled = false;
      button.classList.remove("busy");
      show();
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) {
      const { do: path, account, kill, start } = button.dataset;
      if (path) press(button, path);
      if (account && chosenAccount()) press(button, `accounts/${chosenAccount().userId}/${account}`);
      if (kill) press(button, kill + "/kill");
      if (start) press(button, start + "/start");
      return;
    }
    choose(event.target.closest("#accounts tr"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter") choose(event.target.closest("#accounts tr"));
  });

  function choose(row) {
    if (row) {
      const id = Number(row.dataset.key);
      chosen = chosen === id ? null : id;
      show();
    }
  }

  function toast(message) {
    const p = element("p", "", message);
    $("toasts").append(p);
    setTimeout(() => p.remove(), 6000);
  }

  // ---- theme -----------------------------------------------------------------------------------------------------
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = (name) => {
    document.documentElement.dataset.theme = name;
    show();
  };
  theme(dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => theme(dark.matches ? "dark" : "light"));
  $("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  window.addEventListener("resize", show);
})();
