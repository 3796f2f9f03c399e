using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentControl.Web.Jobs.Form;

/// <summary>The form of one agent's input: fields and JSON are two views of one value and stay equal both ways.</summary>
public sealed class SchemaForm
{
    public SchemaForm(JsonNode schema)
    {
        Root = new SchemaField(FieldSchema.Read(schema), "", "", required: true);
        Json = Write();
    }

    public SchemaField Root { get; }

    /// <summary>The text of the JSON view; it may be broken while a person types.</summary>
    public string Json { get; private set; }

    /// <summary>Why <see cref="Json"/> cannot be taken over; null when it can.</summary>
    public string? JsonProblem { get; private set; }

    public bool ShowsJson { get; private set; }

    /// <summary>Errors of the last check, by path.</summary>
    public IReadOnlyList<FieldError> Errors { get; private set; } = [];

    public string? ErrorOf(SchemaField field) => Errors.FirstOrDefault(e => e.Path == field.Path)?.Message;

    public JsonNode Value => Root.Write() ?? new JsonObject();

    public JsonElement Element => JsonSerializer.SerializeToElement(Value);

    public void ShowJson()
    {
        Json = Write();
        (JsonProblem, ShowsJson) = (null, true);
    }

    /// <summary>Refused while the JSON is broken: nothing that was typed is lost.</summary>
    public bool ShowFields()
    {
        if (JsonProblem is not null)
            return false;
        ShowsJson = false;
        return true;
    }

    public void EditJson(string text)
    {
        Json = text;
        try
        {
            Root.Read(JsonNode.Parse(text));
            JsonProblem = null;
        }
        catch (JsonException problem)
        {
            JsonProblem =
                $"Line {problem.LineNumber + 1}, column {problem.BytePositionInLine + 1}: this is no valid JSON.";
        }
    }

    public void Fill(JsonNode? input)
    {
        Root.Read(input);
        Json = Write();
        JsonProblem = null;
    }

    /// <summary>True when the input may be sent.</summary>
    public bool Check()
    {
        Errors = JsonProblem is { } problem ? [new FieldError("", "field-json", problem)] : FormErrors.Of(Root);
        return Errors.Count == 0;
    }

    /// <summary>Takes over what the server found; its paths begin with "input".</summary>
    public void Refuse(IReadOnlyDictionary<string, string[]> errors) =>
        Errors = [.. errors.SelectMany(e => e.Value.Select(message => Place(e.Key, message)))];

    /// <summary>As <see cref="Refuse"/>, beside what the last check found. A field that has an error keeps that one.</summary>
    public void RefuseToo(IReadOnlyDictionary<string, string[]> errors)
    {
        var known = Errors.Select(e => e.Path).ToHashSet(StringComparer.Ordinal);
        Errors =
        [
            .. Errors,
            .. errors
                .SelectMany(e => e.Value.Select(message => Place(e.Key, message)))
                .Where(e => !known.Contains(e.Path)),
        ];
    }

    private FieldError Place(string key, string message)
    {
        var path = key.StartsWith("input", StringComparison.Ordinal) ? key["input".Length..].TrimStart('.') : key;
        var field = Root.All().FirstOrDefault(f => f.Path == path) ?? Root;
        return new FieldError(path, field.Id, path.Length == 0 ? message : $"{field.FullLabel}: {message}");
    }

    private string Write() => Value.ToJsonString(FormJson.Indented);
}
