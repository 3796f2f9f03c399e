using System.Text.Json.Nodes;

namespace AgentControl.Core.Agents;

/// <summary>Says in plain words what a JSON Schema expects, for whoever sent something else.</summary>
internal static class SchemaWords
{
    /// <summary>What stands at a path, such as <c>$.documents[0].name</c>, as a <see cref="System.Text.Json.JsonException"/> tells it.</summary>
    public static JsonNode? At(JsonNode? schema, string path)
    {
        foreach (var part in path.TrimStart('$').Split('.', '[').Where(p => p.Length > 0))
            schema = part[^1] == ']' ? schema?["items"] : Find(schema?["properties"] as JsonObject, part);
        return schema;
    }

    public static string Expected(JsonNode? schema)
    {
        if (schema?["enum"] is JsonArray words)
            return $"Use one of {string.Join(", ", words.Select(w => w?.ToString() ?? "null"))}.";
        var types = schema is JsonObject node ? Types(node) : [];
        // A number may come as a text too, and is named first.
        return types switch
        {
            _ when types.Contains("integer") => $"Give a whole number{Range(schema!)}.",
            _ when types.Contains("number") => $"Give a number{Range(schema!)}.",
            _ when types.Contains("boolean") => "Give true or false.",
            _ when types.Contains("array") => "Give a list in square brackets.",
            _ when types.Contains("object") => $"Give a JSON object{Fields((JsonObject)schema!)}.",
            _ when types.Contains("string") => "Give a text in quotes.",
            _ => "Give a value that fits the schema.",
        };
    }

    public static IReadOnlyList<string> Types(JsonObject schema) =>
        schema["type"] switch
        {
            JsonArray several => [.. several.Select(t => t?.ToString() ?? "null")],
            { } one => [one.ToString()],
            null => [],
        };

    public static IEnumerable<string> Required(JsonObject schema) =>
        schema["required"] is JsonArray names ? names.Select(n => n!.ToString()) : [];

    public static JsonNode? Find(JsonObject? members, string name) =>
        members?.FirstOrDefault(m => m.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static string Range(JsonNode schema) =>
        (schema["minimum"], schema["maximum"]) switch
        {
            (null, null) => "",
            ({ } least, null) => $" of at least {least}",
            (null, { } most) => $" of at most {most}",
            var (least, most) => $" from {least} to {most}",
        };

    private static string Fields(JsonObject schema)
    {
        IReadOnlyList<string> names = [.. Required(schema)];
        if (names.Count == 0 && schema["properties"] is JsonObject all)
            names = [.. all.Select(m => m.Key)];
        return names.Count == 0 ? "" : $" with {string.Join(", ", names)}";
    }
}
