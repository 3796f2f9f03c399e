using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentControl.Core.Jobs;

namespace AgentControl.Agents.Assistant;

/// <summary>The arguments of a tool as one text: what a person is shown, what the approval's fingerprint is made of, and what is read again when the tool runs.</summary>
internal sealed record ToolArguments
{
    private static readonly JsonSerializerOptions _readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private ToolArguments(string text) => Text = text;

    public string Text { get; }

    /// <summary>Of <see cref="Text"/> in UTF-8, in lower-case hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    public static ToolArguments Of(JsonElement arguments) => new(JsonSerializer.Serialize(arguments, _readable));

    /// <summary>What a person wrote instead: a text of JSON, or a JSON object. Null where it is neither, or could not be read without doubt.</summary>
    public static ToolArguments? Edited(JsonElement? value)
    {
        if (value is { ValueKind: JsonValueKind.Object } node)
            return Problem(node) is null ? Of(node) : null;
        if (value is not { ValueKind: JsonValueKind.String } text)
            return null;
        try
        {
            using var read = JsonDocument.Parse(text.GetString()!);
            return read.RootElement.ValueKind == JsonValueKind.Object && Problem(read.RootElement) is null
                ? new(text.GetString()!)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Why arguments could be read in two ways, or not at all: whoever approves them must see what will run. Null where all is well.</summary>
    public static string? Problem(JsonElement arguments)
    {
        try
        {
            return Doubt(arguments);
        }
        catch (InvalidOperationException)
        {
            // What JsonElement throws for text that is no UTF-16.
            return "The arguments hold half of a surrogate pair. Send whole characters.";
        }
    }

    private static string? Doubt(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                return null;
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(Doubt).FirstOrDefault(problem => problem is not null);
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                foreach (var field in value.EnumerateObject())
                {
                    if (!names.Add(field.Name))
                        return $"The field '{field.Name}' stands there twice. Give each field once.";
                    if (Doubt(field.Value) is { } problem)
                        return problem;
                }
                return null;
            default:
                return null;
        }
    }

    /// <summary>Reads the arguments for their run.</summary>
    /// <param name="approved">The fingerprint that was decided upon; null where nobody had to.</param>
    /// <exception cref="PermanentFailureException">They are not the bytes that were approved.</exception>
    public JsonElement Open(string? approved)
    {
        if (approved is not null && !approved.Equals(Sha256, StringComparison.OrdinalIgnoreCase))
            throw new PermanentFailureException(
                "approvedOtherwise",
                "The arguments are not those that were approved. The tool was not run."
            );
        return JsonElement.Parse(Encoding.UTF8.GetBytes(Text));
    }
}
