// Which tables and indexes a request is about.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html

interface About {
  TableName?: string;
  IndexName?: string;
  ResourceArn?: string;
  /** Of batches: by table. */
  RequestItems?: object;
}

/** The arns that a policy must allow the action on. */
export function resourcesOf(input: About, tableArn: (name: string) => string): string[] {
  const { TableName, IndexName, ResourceArn, RequestItems } = input;
  if (ResourceArn !== undefined) return [ResourceArn];
  if (RequestItems !== undefined) return Object.keys(RequestItems).map(tableArn);
  if (TableName === undefined) return ["*"];
  return [IndexName === undefined ? tableArn(TableName) : `${tableArn(TableName)}/index/${IndexName}`];
}
