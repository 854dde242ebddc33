/* A budget adds up while somebody types: flat rates, sums, what is missing, the largest grant. The server works out the
   same after every save and has the last word. Amounts are whole cents in BigInt, so that nothing is rounded on the way. */
(() => {
  "use strict";
  const ledger = document.querySelector("[data-ledger]");
  if (!ledger) return;
  const { limits, words, euro } = JSON.parse(ledger.dataset.ledger);
  const form = ledger.closest("form");
  const lang = document.documentElement.lang || "en";
  const whole = new Intl.NumberFormat(lang, { useGrouping: true, maximumFractionDigits: 0 });
  const mark = new Intl.NumberFormat(lang).formatToParts(1.5).find((part) => part.type === "decimal").value;

  // An amount as keyboards and spreadsheets bring it, read as rocket/core/money.py reads it. Null where it is none.
  const WRITTEN = /^\s*([+\-−]?)\s*(EUR|€)?\s*([+\-−]?)(?:([1-9]\d{0,2}([.,'’\s])\d{3}(?:\5\d{3})*)|(\d+))(?:([.,])(\d+))?\s*(EUR|€)?\s*$/i;
  const LARGEST = 99999999999999n;
  const read = (text) => {
    if (!text.trim()) return 0n;
    const found = text.length <= 40 && WRITTEN.exec(text);
    if (!found) return null;
    const [, sign, before, lateSign, grouped, group, plain, point, fraction = "", after] = found;
    if ((point && point === group) || (sign && lateSign) || (before && after) || fraction.length > 2) return null;
    const cents = BigInt((grouped || plain).replace(/\D/g, "") + fraction.padEnd(2, "0"));
    return (sign || lateSign || "+") === "+" && cents <= LARGEST ? cents : null;
  };
  const cents = (text) => BigInt(Number(text) < 0 ? 0 : Math.round(Number(text) * 100));
  const parts = (amount) => [whole.format(amount / 100n), mark + String(amount % 100n).padStart(2, "0")];
  const money = (amount) => euro.replace("{n}", parts(amount).join(""));
  const share = (amount, rate, extra) => {
    const [units, decimals = ""] = String(rate).split(".");
    const scale = 10n ** BigInt(decimals.length);
    const product = amount * BigInt(units + decimals);
    return extra ? (2n * product + scale) / (2n * scale) : product / scale; // halves up, or down to the cent
  };
  const sum = (amounts) => amounts.reduce((total, one) => (total === null || one === null ? null : total + one), 0n);

  const show = (place, amount) => {
    if (!place) return;
    const text = amount === null ? "–" : parts(amount).join("");
    if (place.textContent.trim() === text) return;
    place.textContent = "";
    const figure = document.createElement("span");
    figure.className = amount === null ? "muted" : "money";
    figure.append(amount === null ? "–" : parts(amount)[0]);
    if (amount !== null) {
      const small = document.createElement("span");
      small.className = "cents";
      small.append(parts(amount)[1]);
      figure.append(small);
    }
    place.append(figure);
  };
  const say = (place, text) => { if (place && place.textContent !== text) place.textContent = text; };
  const all = (selector) => [...ledger.querySelectorAll(selector)];
  const grant = form.elements.namedItem("funding_grant");
  const difference = ledger.querySelector("[data-difference]");
  const use = ledger.querySelector("[data-use-ceiling]");

  const largest = (cost, publicMoney) => {
    const basis = form.elements.namedItem("aid_basis")?.value;
    const work = form.elements.namedItem("research_category")?.value || "";
    const onBasis = limits.basis[`${basis}|${work}`] || { limits: [], complete: false };
    const all = [...limits.programme, ...onBasis.limits].map((limit) => {
      const most = (limit.rate === null ? cents(limit.amount) : share(cost, limit.rate)) - (limit.public ? publicMoney : 0n);
      return { words: limit.words, amount: most > 0n ? most : 0n };
    });
    const least = all.reduce((one, other) => (other.amount < one.amount ? other : one));
    return { ...least, complete: onBasis.complete };
  };

  let talk;
  const update = () => {
    const costs = all("input[name^='cost_']").map((field) => read(field.value));
    const flat = all("[data-flat-rate]").map((place) => {
      const base = sum(place.dataset.of.split(" ").filter(Boolean).map((id) => read(document.getElementById(id).value)));
      const amount = base === null ? null : share(base, place.dataset.flatRate, true);
      show(place, amount);
      return amount;
    });
    const cost = sum([...costs, ...flat]);
    const funding = sum(all("input[name^='funding_'], .funder__amount input").map((field) => read(field.value)));
    show(ledger.querySelector("[data-sum='cost']"), cost);
    show(ledger.querySelector("[data-sum='funding']"), funding);

    const state = cost === null || funding === null ? "unread" : !cost && !funding ? "empty" : funding < cost ? "low" : funding > cost ? "high" : "even";
    const size = state === "unread" ? 0n : funding < cost ? cost - funding : funding - cost;
    difference.className = `difference difference--${state}`;
    // Heard after a pause in typing, seen at once.
    clearTimeout(talk);
    talk = setTimeout(() => say(difference.querySelector("[role=status]"), words[state].replace("{amount}", money(size))), 300);

    const rows = all(".funder").filter((row) => row.querySelector("select").value === "public");
    const publicMoney = sum(rows.map((row) => read(row.querySelector(".funder__amount input").value)));
    if (!limits || cost === null || publicMoney === null) return;
    const most = largest(cost, publicMoney);
    const text = words.at_most.replace("{amount}", money(most.amount)).replace("{reason}", most.words);
    say(ledger.querySelector("[data-ceiling]"), !cost ? "" : most.complete ? text : `${text} ${words.open}`);
    const asked = read(grant.value);
    const isAbove = asked !== null && asked > most.amount;
    say(ledger.querySelector("[data-above]"), isAbove ? words.above.replace("{amount}", money(asked - most.amount)) : "");
    use.hidden = !isAbove;
    say(use, words.use.replace("{amount}", money(most.amount)));
    use.dataset.amount = parts(most.amount).join("");
  };

  form.addEventListener("input", update);
  form.addEventListener("change", update);
  use.addEventListener("click", () => {
    grant.value = use.dataset.amount;
    grant.dispatchEvent(new Event("change", { bubbles: true }));
    grant.focus();
  });

  // One more row without a way to the server. Without this file the same button saves and brings the page with a spare row.
  const add = ledger.querySelector("button[name='add_funder']");
  add.addEventListener("click", (event) => {
    const rows = all(".funder");
    const n = Math.max(-1, ...rows.map((row) => Number(row.id.slice("funder-".length)))) + 1;
    if (n > 999) return;
    event.preventDefault();
    const blank = ledger.querySelector("template[data-funder-row]").innerHTML;
    const row = new DOMParser().parseFromString(blank.replaceAll("XX", n).replaceAll("YY", rows.length + 1), "text/html").body.firstElementChild;
    add.closest("p").before(document.importNode(row, true));
    document.getElementById(`id_funder-${n}-name`).focus();
  });
  update();
})();
