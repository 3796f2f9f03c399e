using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentControl.Core.LanguageModels;

/// <summary>What a model is asked. Made of plain values: its hash tells a replay that it is asked the same.</summary>
/// <param name="Messages">The conversation so far, oldest first.</param>
public sealed record ModelRequest(IReadOnlyList<ModelMessage> Messages)
{
    /// <summary>What holds for the whole conversation.</summary>
    public string? Instructions { get; init; }

    public IReadOnlyList<ModelTool> Tools { get; init; } = [];

    /// <summary>The tools are named because the conversation holds calls of them, and none may be called.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NoToolCalls { get; init; }

    /// <summary>Most tokens of the answer; null takes the route's.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>0 to 2; null leaves it to the model.</summary>
    public double? Temperature { get; init; }

    /// <summary>The JSON Schema that the answer's text has to follow; null for free text.</summary>
    public JsonElement? ResponseSchema { get; init; }

    /// <summary>One question without a history.</summary>
    public static ModelRequest Of(string text) => new([ModelMessage.User(text)]);
}

/// <summary>Who speaks.</summary>
public enum ModelRole
{
    User,
    Assistant,
    Tool,
}

/// <summary>One message of a conversation.</summary>
public sealed record ModelMessage(ModelRole Role, string Text)
{
    /// <summary>What the model wanted to have done; of an assistant's message.</summary>
    public IReadOnlyList<ModelToolCall> ToolCalls { get; init; } = [];

    /// <summary>The call that this is the result of; of a tool's message.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>The tool failed, and the text says how.</summary>
    public bool IsError { get; init; }

    public static ModelMessage User(string text) => new(ModelRole.User, text);

    /// <summary>What the model answered before.</summary>
    public static ModelMessage Assistant(ModelAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new(ModelRole.Assistant, answer.Text) { ToolCalls = answer.ToolCalls };
    }

    public static ModelMessage ToolResult(string callId, string text, bool isError = false) =>
        new(ModelRole.Tool, text) { ToolCallId = callId, IsError = isError };
}

/// <summary>A tool that the model may ask for.</summary>
/// <param name="Schema">The JSON Schema of its arguments, an object.</param>
public sealed record ModelTool(string Name, string Description, JsonElement Schema);

/// <summary>A tool that the model asks for.</summary>
/// <param name="Arguments">A JSON object; null where the model wrote something else.</param>
/// <param name="Problem">Why the arguments cannot be read; null where they can.</param>
public sealed record ModelToolCall(string Id, string Name, JsonElement? Arguments, string? Problem = null);
