using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Simulation.Faults;

namespace AgentControl.Simulation.Wire;

/// <summary>OpenAI's Chat Completions.</summary>
internal sealed class ChatDialect : OpenAiDialect
{
    private const string Done = "data: [DONE]\n\n";

    public override string Name => "openai";

    public override Conversation Read(JsonElement body)
    {
        var messages = Items(body, "messages").ToArray();
        return new(
            Text(body, "model") ?? "",
            string.Join('\n', messages.Where(m => Text(m, "role") is "system" or "developer").Select(Content)),
            [.. messages.Where(m => Text(m, "role") is not ("system" or "developer")).Select(ReadTurn)],
            [.. Items(body, "tools").Select(tool => Member(tool, "function", "name")?.GetString() ?? "")],
            Flag(body, "stream"),
            Number(body, "max_completion_tokens") ?? Number(body, "max_tokens"),
            Member(body, "response_format", "json_schema", "schema")
        );
    }

    private static Turn ReadTurn(JsonElement message)
    {
        var role = Text(message, "role") ?? "user";
        var text = Content(message);
        return role == "tool"
            ? new(role, "", [], [new ToolResult(Text(message, "tool_call_id")!, text)])
            : new(
                role,
                text,
                [
                    .. Items(message, "tool_calls")
                        .Select(call => new ToolCall(
                            Text(call, "id")!,
                            Member(call, "function", "name")!.Value.GetString()!,
                            Member(call, "function", "arguments")?.GetString() ?? "{}"
                        )),
                ],
                []
            );
    }

    public override JsonNode Body(Conversation conversation, Answer answer, Fault? fault, string id)
    {
        var message = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = fault?.Refusal is null ? answer.Text : null,
            ["refusal"] = fault?.Refusal,
        };
        if (answer.Calls.Count > 0)
            message["tool_calls"] = new JsonArray([.. answer.Calls.Select((call, i) => Call(call, i, call.Arguments))]);
        var whole = Head(conversation, id, "chat.completion");
        whole["choices"] = new JsonArray(
            new JsonObject
            {
                ["index"] = 0,
                ["message"] = message,
                ["finish_reason"] = Stop(answer, fault),
            }
        );
        whole["usage"] = Usage(conversation, answer);
        return whole;
    }

    public override Frames Stream(Conversation conversation, Answer answer, Fault? fault, string id)
    {
        string Chunk(JsonObject delta, string? finish = null)
        {
            var chunk = Head(conversation, id, "chat.completion.chunk");
            chunk["choices"] = new JsonArray(
                new JsonObject
                {
                    ["index"] = 0,
                    ["delta"] = delta,
                    ["finish_reason"] = finish,
                }
            );
            return Frame(null, chunk);
        }

        var tokens = fault?.Refusal is { } refusal
            ? Words(refusal).Select(word => Chunk(new JsonObject { ["refusal"] = word })).ToList()
            : Words(answer.Text).Select(word => Chunk(new JsonObject { ["content"] = word })).ToList();
        for (var i = 0; i < answer.Calls.Count; i++)
        {
            tokens.Add(Chunk(new JsonObject { ["tool_calls"] = new JsonArray(Call(answer.Calls[i], i, "")) }));
            foreach (var piece in Pieces(answer.Calls[i].Arguments))
            {
                var part = new JsonObject
                {
                    ["index"] = i,
                    ["function"] = new JsonObject { ["arguments"] = piece },
                };
                tokens.Add(Chunk(new JsonObject { ["tool_calls"] = new JsonArray(part) }));
            }
        }
        var usage = Head(conversation, id, "chat.completion.chunk");
        usage["choices"] = new JsonArray();
        usage["usage"] = Usage(conversation, answer);
        return new(
            [Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "" })],
            tokens,
            [Chunk([], Stop(answer, fault)), Frame(null, usage), Done]
        );
    }

    public override string ErrorFrame(Fault fault) => Frame(null, new JsonObject { ["error"] = ErrorOf(fault) });

    private static string Stop(Answer answer, Fault? fault) =>
        fault?.StopReason switch
        {
            "refusal" or "content_filter" => "content_filter",
            "max_tokens" or "model_context_window_exceeded" or "pause_turn" => "length",
            { } reason => reason,
            null => answer.Calls.Count > 0 ? "tool_calls" : "stop",
        };

    private static JsonObject Call(ToolCall call, int index, string arguments) =>
        new()
        {
            ["index"] = index,
            ["id"] = call.Id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = arguments },
        };

    private static JsonObject Head(Conversation conversation, string id, string kind) =>
        new()
        {
            ["id"] = $"chatcmpl-{id}",
            ["object"] = kind,
            ["created"] = 1_780_000_000,
            ["model"] = conversation.Model,
        };

    private static JsonObject Usage(Conversation conversation, Answer answer)
    {
        var input = answer.InputTokens ?? conversation.Tokens;
        return new()
        {
            ["prompt_tokens"] = input,
            ["completion_tokens"] = answer.Tokens,
            ["total_tokens"] = input + answer.Tokens,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = answer.CachedTokens },
        };
    }
}
