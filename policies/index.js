// Pulumi would have ts-node compile a TypeScript entry; imported from here, Node.js takes the types away itself.
import "./pack.ts";
