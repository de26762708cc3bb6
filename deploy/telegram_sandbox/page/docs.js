// A readable page of openapi.json, without anything from elsewhere.

import { byId, node } from "./dom.js";

const spec = await (await fetch("/sandbox/openapi.json")).json();
byId("about").textContent = spec.info.description;

const resolve = (schema) => (schema?.$ref ? spec.components.schemas[schema.$ref.split("/").at(-1)] : schema ?? {});

function typeName(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(typeName).join(" | ");
  if (schema.type === "array") return `list of ${typeName(schema.items ?? {})}`;
  return schema.type ?? "any";
}

function fieldTable(title, schema) {
  const listed = resolve(schema.type === "array" ? schema.items : schema);
  if (!listed.properties) return [];
  const required = new Set(listed.required ?? []);
  const rows = Object.entries(listed.properties).map(([name, field]) =>
    node("tr", {},
      node("td", {}, node("code", { textContent: required.has(name) ? name : `${name}?` })),
      node("td", { textContent: typeName(field) }),
      node("td", { textContent: field.description ?? "" })));
  const heading = schema.type === "array" ? `${title} (a list of)` : title;
  return [node("h4", { textContent: heading }), node("table", {}, node("tbody", {}, ...rows))];
}

function operation(path, verb, details) {
  const body = details.requestBody?.content?.["application/json"]?.schema;
  const [status, answer] = Object.entries(details.responses)[0];
  const query = (details.parameters ?? []).filter((parameter) => parameter.in === "query");
  const asObject = { properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])) };
  const answerSchema = answer.content?.["application/json"]?.schema;
  return node("details", {},
    node("summary", {},
      node("b", { className: "verb", textContent: verb.toUpperCase() }),
      node("code", { textContent: path }),
      node("span", { textContent: details.description?.split("\n")[0] ?? "" })),
    ...(details.description?.includes("\n") ? [node("p", { textContent: details.description })] : []),
    ...(query.length ? fieldTable("Query", asObject) : []),
    ...(body ? fieldTable("Body", body) : []),
    ...(answerSchema ? fieldTable(`Answer ${status}`, answerSchema) : [node("p", { textContent: `Answer ${status}` })]));
}

const sections = new Map();
for (const [path, verbs] of Object.entries(spec.paths)) {
  for (const [verb, details] of Object.entries(verbs)) {
    const tag = details.tags[0];
    if (!sections.has(tag)) sections.set(tag, []);
    sections.get(tag).push(operation(path, verb, details));
  }
}
for (const [tag, operations] of sections) byId("operations").append(node("h2", { textContent: tag }), ...operations);
