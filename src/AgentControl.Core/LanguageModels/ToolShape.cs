using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Json;

namespace AgentControl.Core.LanguageModels;

/// <summary>The arguments of a tool as a record: the schema that the model is told, and the reading of what it sent.</summary>
public sealed class ToolShape<T>
    where T : class
{
    private readonly System.Text.Json.Nodes.JsonNode schema = AgentSchemas.OfInput(typeof(T));

    public ToolShape() => Schema = JsonSerializer.SerializeToElement(schema, JournalJson.Options);

    public JsonElement Schema { get; }

    /// <summary>The value, or what is wrong with it in sentences that a model can act on.</summary>
    public (T? Value, IReadOnlyList<string> Problems) Read(JsonElement arguments)
    {
        try
        {
            var breaches = new Dictionary<string, string[]>(StringComparer.Ordinal);
            SchemaCheck.Check(schema, arguments, "arguments", breaches);
            return breaches.Count == 0
                ? (arguments.Deserialize<T>(JournalJson.Options), [])
                : (null, [.. breaches.SelectMany(b => b.Value.Select(said => $"{b.Key}: {said}"))]);
        }
        catch (JsonException broken)
        {
            var path = broken.Path ?? "$";
            return (null, [$"arguments{path[1..]}: {SchemaWords.Expected(SchemaWords.At(schema, path))}"]);
        }
    }
}
