using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentControl.Core.Approvals;
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

    /// <summary>What a person wrote instead: a text of JSON, or a JSON object. Null where it does not fit, or could not be read without doubt.</summary>
    public static ToolArguments? Edited(JsonElement? value, JsonElement schema) =>
        value is { } given && EditedJson.Read(given, schema).Json is { } json
            ? given.ValueKind == JsonValueKind.String
                ? new(given.GetString()!)
                : Of(json)
            : null;

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
