using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Core.Agents;
using AgentControl.Core.Json;

namespace AgentControl.Core.Approvals;

/// <summary>What a person makes of content that is a JSON object: the object itself, or a text of it.</summary>
public static class EditedJson
{
    /// <summary>The object, or by the path of the field what is wrong with it and the remedy.</summary>
    /// <param name="root">Before the names of fields.</param>
    /// <param name="value">The <c>value</c> of the decision.</param>
    /// <param name="schema">What it has to fit; null where any object does.</param>
    public static (JsonElement? Json, IReadOnlyDictionary<string, string[]> Errors) Read(
        JsonElement value,
        JsonElement? schema,
        string root = "value"
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var json = Parse(value);
        if (json is not { ValueKind: JsonValueKind.Object } edited)
            errors[root] = ["Give a JSON object, or a text of one."];
        else if (UnambiguousJson.Problem(edited) is { } doubt)
            errors[root] = [doubt];
        else if (schema is { } shape)
            Hold(edited, shape, root, errors);
        return (errors.Count == 0 ? json : null, errors);
    }

    /// <summary>A schema that cannot be read, such as one of a server outside, holds nothing back: who wrote it has to look.</summary>
    private static void Hold(JsonElement edited, JsonElement shape, string root, Dictionary<string, string[]> errors)
    {
        try
        {
            SchemaCheck.Check(JsonObject.Create(shape), edited, root, errors);
        }
        catch (Exception unreadable)
            when (unreadable is InvalidOperationException or FormatException or ArgumentException)
        {
            errors.Clear();
        }
    }

    private static JsonElement? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return value;
        try
        {
            return JsonElement.Parse(value.GetString()!);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
