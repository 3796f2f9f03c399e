using System.Text.Json;

namespace AgentControl.Simulation;

/// <summary>What a client sent, in one shape for all dialects.</summary>
/// <param name="Tools">Names of the tools that the model may call.</param>
/// <param name="Schema">The JSON Schema that the answer has to follow, where one was asked for.</param>
public sealed record Conversation(
    string Model,
    string? Instructions,
    IReadOnlyList<Turn> Turns,
    IReadOnlyList<string> Tools,
    bool Streams,
    int? MaxTokens,
    JsonElement? Schema
)
{
    /// <summary>How often the model has spoken: a script that goes by it says the same again to a conversation that is played again.</summary>
    public int Round => Turns.Count(t => t.Role == "assistant");

    public string LastText => Turns.LastOrDefault(t => t.Role == "user" && t.Text.Length > 0)?.Text ?? "";

    public IReadOnlyList<ToolResult> LastResults => Turns.Count > 0 ? Turns[^1].Results : [];

    /// <summary>About four characters a token.</summary>
    public int Tokens => ((Instructions?.Length ?? 0) + Turns.Sum(t => t.Length)) / 4 + 1;
}

/// <summary>One message.</summary>
/// <param name="Role">user, assistant or tool.</param>
public sealed record Turn(string Role, string Text, IReadOnlyList<ToolCall> Calls, IReadOnlyList<ToolResult> Results)
{
    public int Length => Text.Length + Calls.Sum(c => c.Arguments.Length) + Results.Sum(r => r.Text.Length);
}

/// <summary>A tool that the model calls, with its arguments as JSON.</summary>
public sealed record ToolCall(string Id, string Name, string Arguments);

/// <summary>What a tool answered.</summary>
public sealed record ToolResult(string Id, string Text);

/// <summary>What the model says.</summary>
public sealed record Answer(string Text)
{
    public IReadOnlyList<ToolCall> Calls { get; init; } = [];

    /// <summary>Null counts the conversation.</summary>
    public int? InputTokens { get; init; }

    /// <summary>Null counts the answer.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Those of the input that came from the provider's cache.</summary>
    public int CachedTokens { get; init; }

    /// <summary>A call of one tool.</summary>
    public static Answer Call(string tool, string arguments = "{}", string text = "") =>
        new(text) { Calls = [new ToolCall("", tool, arguments)] };

    public int Tokens => OutputTokens ?? (Text.Length + Calls.Sum(c => c.Arguments.Length)) / 4 + 1;
}
