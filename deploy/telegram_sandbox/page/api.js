// The control API, as the page uses it.

async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(`/sandbox/${path}`, options);
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(explain(answer.detail));
  return answer;
}

function explain(detail) {
  if (typeof detail === "string") return detail;
  return detail.map((problem) => `${problem.loc.at(-1)}: ${problem.msg}`).join("; ");
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);

/** Calls `onEvent` with each event; `onState(true)` after every (re)connection, `onState(false)` when it is lost. */
export function listen(onEvent, onState) {
  const source = new EventSource("/sandbox/events");
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
  source.onmessage = (message) => onEvent(JSON.parse(message.data));
}
