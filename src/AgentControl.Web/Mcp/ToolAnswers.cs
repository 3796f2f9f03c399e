using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using ModelContextProtocol.Protocol;

namespace AgentControl.Web.Mcp;

/// <summary>Answers of tools: structured content with the same JSON as text, or a problem in words that a model can act on.</summary>
internal static class ToolAnswers
{
    /// <summary>Values of agents may be nested as deep as a request, inside of what tells about them.</summary>
    private static readonly JsonDocumentOptions _deep = new() { MaxDepth = 128 };

    private static readonly JsonWriterOptions _readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What a refusal of REST says to programs, in the words of tools.</summary>
    private static readonly (string Route, string Tool)[] _words =
    [
        ("GET /api/v1/agents", "list_agents"),
        ("GET /api/v1/workspaces", "list_workspaces"),
        ("GET /api/v1/jobs/{id}/steps", "list_steps"),
        ("/openapi/v1.json", "the tool's inputSchema"),
        (Idempotency.Header, "idempotencyKey"),
    ];

    public static CallToolResult Of<T>(T answer)
    {
        using var document = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Options), _deep);
        return new()
        {
            Content = [new TextContentBlock { Text = Text(document.RootElement) }],
            StructuredContent = document.RootElement.Clone(),
        };
    }

    /// <summary>Without blanks, and with letters as letters: a model pays for each character.</summary>
    private static string Text(JsonElement answer)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, _readable))
            answer.WriteTo(writer);
        return Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    public static CallToolResult Of(ProblemHttpResult problem)
    {
        var code = problem.ProblemDetails.Extensions["code"]!.ToString()!;
        var meta = new JsonObject { ["agentcontrol/code"] = code, ["agentcontrol/status"] = problem.StatusCode };
        if (Errors(problem) is { } errors)
            meta["agentcontrol/errors"] = JsonSerializer.SerializeToNode(errors, ApiJson.Options);
        return new()
        {
            IsError = true,
            Content = [new TextContentBlock { Text = $"{code}: {Sentence(problem)}" }],
            Meta = meta,
        };
    }

    /// <summary>What is wrong, and what to do about it.</summary>
    public static string Sentence(ProblemHttpResult problem)
    {
        var text = problem.ProblemDetails.Detail ?? problem.ProblemDetails.Title ?? "It could not be done.";
        if (Errors(problem) is { Count: > 1 } errors)
            text += string.Concat(errors.Select(e => $"\n- {e.Key}: {string.Join(' ', e.Value)}"));
        foreach (var (route, tool) in _words)
            text = text.Replace(route, tool, StringComparison.Ordinal);
        return text;
    }

    private static IReadOnlyDictionary<string, string[]>? Errors(ProblemHttpResult problem) =>
        problem.ProblemDetails.Extensions.TryGetValue("errors", out var errors)
            ? errors as IReadOnlyDictionary<string, string[]>
            : null;
}
