using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Mcp;

/// <summary>The argument that makes a call safe to send again.</summary>
internal static class ToolKeys
{
    public const string What =
        "Any text of your own, such as an id: the same key with the same arguments does it once, however often it is sent.";

    /// <param name="bodyHash">Of all other arguments: the same key with others is refused.</param>
    public static (IdempotencyKey? Key, ProblemHttpResult? Problem) Read(
        string? key,
        string tool,
        Caller caller,
        byte[] bodyHash
    ) => key is null ? (null, null) : Idempotency.Read(key, $"MCP {tool}", caller, bodyHash);
}
