using System.Text.Json;
using AgentControl.Engine.Audit;

namespace AgentControl.Web.Audit;

/// <summary>One line: <c>Before</c> and <c>After</c> are the part that changed.</summary>
/// <param name="Seq">The line's place in the chain, from 1 without gaps.</param>
/// <param name="Hash">SHA-256 over the hash of the line before and this line, in hex.</param>
internal sealed record AuditLineContract(
    Guid Id,
    DateTimeOffset At,
    string Actor,
    string ActorName,
    string? From,
    string Action,
    string Target,
    string? TargetName,
    JsonElement? Before,
    JsonElement? After,
    long? Seq,
    string? Hash
)
{
    public static AuditLineContract Of(AuditLine line) =>
        new(
            line.Id,
            line.At,
            line.Actor,
            line.ActorName,
            line.From,
            line.Action,
            line.Target,
            line.TargetName,
            Json(line.Before),
            Json(line.After),
            line.Seq,
            line.Hash
        );

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}
