"use strict";
/** Shows what notification-service has sent by the mail gateway, and the mails that the gateway refuses. */
const Mails = (() => {
  const { $, keyed, element, set, text, plural, time } = Dom;
  const DOMAIN = "invalid";

  /** What the note says while the service runs. */
  function good({ programs: { notification, mails } }) {
    const rule = "Twelve mails at a time, each once by its key";
    if (!notification || !mails) return rule;
    const open = Math.max(0, mails.total - notification.sent);
    if (open) return `${plural(open, "mail", "mails")} sent and not committed yet`;
    return mails.askedAgain ? `${plural(mails.askedAgain, "mail", "mails")} asked for again, not sent again` : rule;
  }

  function render(frame) {
    const { mails } = frame.programs;
    const { dead, retrying } = Parked.list($("mails-parked"), frame, ["notification-service"]);
    $("mails").classList.toggle("stale", !mails);
    if (!mails) return;
    text("notification-total", [plural(mails.total, "mail", "mails"), dead && dead + " dead", retrying && retrying + " retried"]
        .filter(Boolean).join(", "));
    const refused = mails.suppressions.includes(DOMAIN);
    $("lift").hidden = !refused;
    $("suppress").hidden = refused;
    keyed($("mails"), mails.emails, (mail) => mail.id, () => {
      const row = document.createElement("tr");
      row.append(element("td", "to"), element("td"), element("td", "time"));
      return row;
    }, (row, mail) => {
      [mail.to, mail.subject, time(mail.sentAt)].forEach((value, i) => set(row.children[i], value));
      row.children[0].title = mail.to;
    });
    $("mails-empty").hidden = mails.emails.length + dead + retrying > 0;
  }

  return { good, render };
})();
