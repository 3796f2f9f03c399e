using System.Text.Json;
using AgentControl.Core.LanguageModels;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using OpenAI.Responses;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatResponseFormat = Microsoft.Extensions.AI.ChatResponseFormat;

namespace AgentControl.Engine.LanguageModels;

/// <summary>Our requests in the words of Microsoft.Extensions.AI, and its answers in ours.</summary>
internal static class ChatShapes
{
    public static List<ChatMessage> Messages(ModelRequest request) => [.. request.Messages.Select(Message)];

    public static ChatOptions Options(ModelRequest request, ProviderType type)
    {
        var options = new ChatOptions
        {
            Instructions = request.Instructions,
            MaxOutputTokens = request.MaxOutputTokens,
            Temperature = (float?)request.Temperature,
            ResponseFormat = request.ResponseSchema is { } schema
                ? ChatResponseFormat.ForJsonSchema(schema, "answer")
                : null,
        };
        if (request.Tools.Count > 0)
            options.Tools =
            [
                .. request.Tools.Select(tool =>
                    AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, tool.Schema)
                ),
            ];
        if (request.NoToolCalls)
            options.ToolMode = ChatToolMode.None;
        options.RawRepresentationFactory = type switch
        {
            ProviderType.OpenAiResponses => _ => Forgotten(),
            ProviderType.OpenAiCompatible => _ => Compatible(request.MaxOutputTokens),
            _ => null,
        };
        if (type == ProviderType.OpenAiCompatible)
            options.MaxOutputTokens = null;
        return options;
    }

#pragma warning disable OPENAI001 // Responses are marked as experimental in the client, not in the API.
    /// <summary>The journal is the memory; nothing is kept at the provider.</summary>
    private static CreateResponseOptions Forgotten() => new() { StoredOutputEnabled = false };
#pragma warning restore OPENAI001

    /// <summary>Others know the limit by its older name.</summary>
    private static ChatCompletionOptions Compatible(int? maxTokens)
    {
        var options = new ChatCompletionOptions();
#pragma warning disable SCME0001 // The one way to a member that the client no longer has.
        if (maxTokens is { } most)
            options.Patch.Set("$.max_tokens"u8, most);
#pragma warning restore SCME0001
        return options;
    }

    public static ModelToolCall ToolCall(FunctionCallContent call) =>
        new(
            call.CallId,
            call.Name,
            call.Exception is null
                ? JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>())
                : null,
            call.Exception is null ? null : $"The arguments are no JSON object: {call.Exception.Message}"
        );

    private static ChatMessage Message(ModelMessage message) =>
        message.Role switch
        {
            ModelRole.User => new(ChatRole.User, message.Text),
            ModelRole.Tool => new(
                ChatRole.Tool,
                [
                    new FunctionResultContent(message.ToolCallId ?? "", message.Text)
                    {
                        Exception = message.IsError ? new InvalidOperationException(message.Text) : null,
                    },
                ]
            ),
            _ => new(ChatRole.Assistant, [.. AssistantParts(message)]),
        };

    private static IEnumerable<AIContent> AssistantParts(ModelMessage message)
    {
        if (message.Text.Length > 0)
            yield return new TextContent(message.Text);
        foreach (var call in message.ToolCalls)
        {
            yield return new FunctionCallContent(
                call.Id,
                call.Name,
                call.Arguments is { ValueKind: JsonValueKind.Object } arguments
                    ? arguments.EnumerateObject().ToDictionary(a => a.Name, a => (object?)a.Value)
                    : []
            );
        }
    }
}
