using System.Text.Encodings.Web;
using System.Text.Json;
using AgentControl.Core.Json;

namespace AgentControl.Agents.Documents;

/// <summary>Writes <c>results/{name}.json</c>: indented and with letters as they are, for people and programs.</summary>
internal static class ResultJson
{
    private static readonly JsonSerializerOptions Options = new(JournalJson.Options)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(DocumentFindings findings) => JsonSerializer.SerializeToUtf8Bytes(findings, Options);
}
