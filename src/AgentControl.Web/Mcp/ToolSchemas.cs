using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Core.Agents;

namespace AgentControl.Web.Mcp;

/// <summary>Schemas as every client understands them: some know one type at a place and no more.</summary>
internal static class ToolSchemas
{
    private const string Null = "null";

    /// <summary>What may be left out is of one type; null counts as left out.</summary>
    public static JsonElement Arguments(JsonElement schema)
    {
        var node = JsonNode.Parse(schema.GetRawText())!.AsObject();
        Plain(node);
        node["properties"] ??= new JsonObject();
        node["additionalProperties"] = false;
        return JsonSerializer.SerializeToElement(node);
    }

    /// <summary>What may be null says so as a choice.</summary>
    public static JsonElement Answer<T>()
    {
        var node = AgentSchemas.Of(typeof(T)).AsObject();
        foreach (var member in node["properties"]!.AsObject().ToList())
            node["properties"]![member.Key] = Choice(member.Value!);
        node["type"] = "object";
        return JsonSerializer.SerializeToElement(node);
    }

    private static JsonNode Choice(JsonNode schema)
    {
        if (schema is not JsonObject node)
            return schema is JsonValue ? new JsonObject() : schema;
        foreach (var member in Members(node).ToList())
            node["properties"]![member.Key] = Choice(member.Value!.DeepClone());
        if (node["items"] is JsonObject items)
            node["items"] = Choice(items.DeepClone());
        if (!OneType(node))
            return node;
        var choice = new JsonObject { ["anyOf"] = new JsonArray(node.DeepClone(), new JsonObject { ["type"] = Null }) };
        return choice;
    }

    private static void Plain(JsonObject node)
    {
        foreach (var member in Members(node))
            if (member.Value is JsonObject one)
                Plain(one);
        if (node["items"] is JsonObject items)
            Plain(items);
        OneType(node);
        if (node.ContainsKey("default") && node["default"] is null)
            node.Remove("default");
    }

    /// <summary>Takes null and the text of a number out of a list of types. Whether null was there.</summary>
    private static bool OneType(JsonObject node)
    {
        if (node["type"] is not JsonArray several)
            return false;
        var types = several.Select(t => t!.ToString()).ToList();
        var isNumber = types.Contains("integer") || types.Contains("number");
        var kept = types.Where(t => t != Null && !(isNumber && t == "string")).ToList();
        if (isNumber)
            node.Remove("pattern");
        node["type"] = kept is [var only] ? only : new JsonArray([.. kept.Select(t => JsonValue.Create(t))]);
        return types.Contains(Null);
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Members(JsonObject node) =>
        node["properties"] as JsonObject ?? [];
}
