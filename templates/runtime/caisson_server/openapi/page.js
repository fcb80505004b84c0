"use strict";
(() => {
  const LONGEST_SHOWN = 200000;
  const key = document.getElementById("key");

  const headers = () => {
    const found = { "Content-Type": "application/json" };
    if (key && key.value) found.Authorization = "Bearer " + key.value;
    return found;
  };

  const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

  const curl = (form) => {
    const url = new URL(form.dataset.path, location.href);
    const parts = ["curl -X POST " + quoted(url.href), "-H 'Content-Type: application/json'"];
    if (key) parts.push('-H "Authorization: Bearer $API_KEY"');
    parts.push("--data-raw " + quoted(form.elements.body.value));
    return parts.join(" \\\n  ");
  };

  // As it came: JSON.parse would round large integers.
  const shown = (text) => {
    if (text.length <= LONGEST_SHOWN) return text;
    return text.slice(0, LONGEST_SHOWN) + "\n… " + (text.length - LONGEST_SHOWN) + " more characters";
  };

  const report = (form, kind, text, body) => {
    const status = form.querySelector(".status");
    const answer = form.querySelector(".answer");
    status.dataset.kind = kind;
    status.textContent = text;
    answer.hidden = !body;
    answer.textContent = body;
  };

  const send = async (form) => {
    const button = form.querySelector("[type=submit]");
    const started = performance.now();
    button.disabled = true;
    report(form, "", "Waiting for the answer …", "");
    try {
      const response = await fetch(form.dataset.path, {
        method: "POST",
        headers: headers(),
        body: form.elements.body.value,
        credentials: "same-origin",
      });
      const text = await response.text();
      const took = Math.round(performance.now() - started);
      const id = response.headers.get("x-request-id");
      const line = [response.status + " " + response.statusText, took + " ms", id ? "request " + id : ""];
      report(form, response.ok ? "good" : "bad", line.filter(Boolean).join(" · "), shown(text));
    } catch (error) {
      report(form, "bad", "No answer: " + error.message, "");
    } finally {
      button.disabled = false;
    }
  };

  const copy = async (form) => {
    const code = form.querySelector(".curl");
    try {
      await navigator.clipboard.writeText(code.textContent);
      report(form, "good", "Copied.", "");
    } catch {
      // Browsers lend the clipboard to https and localhost only.
      getSelection().selectAllChildren(code);
      report(form, "", "Selected: copy it with your keyboard.", "");
    }
  };

  const forms = document.querySelectorAll("form[data-path]");
  const refresh = () => {
    for (const form of forms) form.querySelector(".curl").textContent = curl(form);
  };

  for (const form of forms) {
    const body = form.elements.body;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
    form.addEventListener("reset", () => setTimeout(refresh));
    body.addEventListener("input", refresh);
    body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    form.querySelector(".copy").addEventListener("click", () => copy(form));
  }
  refresh();
})();
