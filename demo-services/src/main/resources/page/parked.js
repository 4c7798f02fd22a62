"use strict";
/** Shows what services that are fed by events hold back, and the rule by which the directory refuses a name. */
const Parked = (() => {
  const { $, keyed, element, set, text, state, plural } = Dom;

  /** How many events a service holds back, those that wait behind others too. */
  function total(frame, service) {
    const found = frame.parked.find((one) => one.service === service);
    return found && found.answer ? found.answer.total : 0;
  }

  /** All but those of notification-service, which its own card shows. */
  function render(frame) {
    const { parked, programs: { directory } } = frame;
    const services = parked.map(({ service }) => service).filter((service) => service !== "notification-service");
    const held = services.reduce((sum, service) => sum + total(frame, service), 0);
    const { dead, retrying } = list($("parked"), frame, services);
    const states = [[dead, "dead"], [retrying, "retrying"]].filter(([n]) => n > 0).map(([n, name]) => `${n} ${name}`);
    state($("parked-state"), dead ? "down" : retrying ? "starting" : "up", states.join(", ") || "none");
    text("parked-total", held ? Dom.format(held) + " held back" : "");
    if (directory) rule(directory.reservedNames.includes("admin"), dead);
    $("parked-empty").hidden = held > 0;
  }

  /** Lists the first events of these services' queues, and counts them. */
  function list(element, { parked }, services) {
    const first = parked.filter(({ service, answer }) => answer && services.includes(service))
        .flatMap(({ service, answer }) => answer.first.map((event) => ({ service, named: services.length > 1, ...event })));
    keyed(element, first, (event) => event.eventId, create, update);
    const dead = first.filter((event) => event.state === "dead").length;
    return { dead, retrying: first.length - dead };
  }

  function rule(reserved, dead) {
    $("free-name").hidden = !reserved;
    $("reserve-name").hidden = reserved;
    set($("parked-note"), reserved
        ? "directory-service refuses names that begin with admin"
        : dead ? "directory-service takes every name now: redrive what is dead"
        : "directory-service takes every name now");
  }

  function create({ service, eventId, eventType, aggregate }) {
    const li = document.createElement("li");
    li.className = eventType;
    const what = element("div", "what");
    what.append(document.createElement("i"), eventType, element("span", "", aggregate.split(" ").pop()));
    const actions = element("div", "actions");
    for (const [action, name, kind] of [["redrive", "Redrive", ""], ["discard", "Discard", "danger"]]) {
      const button = element("button", kind, name);
      button.type = "button";
      button.dataset.do = `parked/${service}/${eventId}/${action}`;
      actions.append(button);
    }
    li.append(what, element("div", "why"), actions);
    return li;
  }

  function update(li, { service, named, state: now, attempts, nextAttempt, error, waiting }) {
    const dead = now === "dead";
    li.classList.toggle("dead", dead);
    const tries = plural(attempts, "attempt", "attempts");
    const behind = waiting ? `, ${waiting} more of this account behind it` : "";
    set(li.children[1], `${named ? service + ": " : ""}${reason(error)} · ${now} after ${tries}${behind}`);
    li.children[1].title = error || "";
    for (const button of li.querySelectorAll("button")) {
      if (!button.classList.contains("busy")) button.disabled = !dead;
      button.title = dead ? "" : "It is still tried" + (nextAttempt ? ", next at " + Dom.time(nextAttempt) : "");
    }
  }

  /** The class and the method without their packages. */
  function reason(error) {
    return error ? error.replace(/\b(?:[a-z_][\w]*\.)+(?=[A-Z])/g, "").replace(/\([^)]*\)/g, "") : "its turn has come";
  }

  return { render, list, total };
})();
