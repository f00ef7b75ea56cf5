import { describeNode, encode } from "../model/expression.ts";
import type { EndpointPart, ExpressionNode } from "../model/expression.ts";

/** Where expressions find what they refer to. Every lookup gives the value in the network of one engine. */
export interface ExpressionScope {
  endpoint(resource: string, options: { endpoint: string; replica: number; part: EndpointPart }): string;
  connectionString(resource: string): string;
  property(resource: string, property: string): string;
  parameter(name: string): string;
}

/** The text of an expression in a scope. */
export function resolveNode(node: ExpressionNode, scope: ExpressionScope): string {
  switch (node.type) {
    case "literal":
      return node.text;
    case "endpoint":
      return scope.endpoint(node.resource, {
        endpoint: node.endpoint,
        replica: node.replica ?? 0,
        part: node.part,
      });
    case "connectionString":
      return scope.connectionString(node.resource);
    case "property":
      return scope.property(node.resource, node.property);
    case "parameter":
      return scope.parameter(node.parameter);
    case "encoded":
      return encode(resolveNode(node.inner, scope), node.as);
    case "join":
      return node.parts.map((part) => resolveNode(part, scope)).join("");
  }
}

/** A scope in which every reference stands for itself, for lists that people read. */
export const describingScope: ExpressionScope = {
  endpoint: (resource, { endpoint, part }) => describeNode({ type: "endpoint", resource, endpoint, part }),
  connectionString: (resource) => describeNode({ type: "connectionString", resource }),
  property: (resource, property) => describeNode({ type: "property", resource, property }),
  parameter: (parameter) => describeNode({ type: "parameter", parameter }),
};
