using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Simulation.Faults;

namespace AgentControl.Simulation.Wire;

/// <summary>Anthropic's Messages.</summary>
internal sealed class AnthropicDialect : Dialect
{
    public override string Name => "anthropic";

    public override string RequestIdHeader => "request-id";

    public override string Ping => Frame("ping", new JsonObject { ["type"] = "ping" });

    public override IEnumerable<(string Name, string Value)> Limits =>
        [
            ("anthropic-ratelimit-requests-limit", "4000"),
            ("anthropic-ratelimit-requests-remaining", "3999"),
            ("anthropic-ratelimit-requests-reset", "2030-01-01T00:00:00Z"),
            ("anthropic-ratelimit-tokens-remaining", "399000"),
        ];

    public override Conversation Read(JsonElement body)
    {
        var system =
            body.TryGetProperty("system", out var told) && told.ValueKind == JsonValueKind.Array
                ? string.Join('\n', told.EnumerateArray().Select(part => Text(part, "text")))
                : Text(body, "system");
        return new(
            Text(body, "model") ?? "",
            system,
            [.. Items(body, "messages").Select(ReadTurn)],
            [.. Items(body, "tools").Select(tool => Text(tool, "name") ?? "")],
            Flag(body, "stream"),
            Number(body, "max_tokens"),
            Member(body, "output_config", "format", "schema")
        );
    }

    private static Turn ReadTurn(JsonElement message)
    {
        var parts = Items(message, "content").ToArray();
        return new(
            Text(message, "role") ?? "user",
            Content(message),
            [
                .. parts
                    .Where(p => Text(p, "type") == "tool_use")
                    .Select(p => new ToolCall(
                        Text(p, "id")!,
                        Text(p, "name")!,
                        Member(p, "input")?.GetRawText() ?? "{}"
                    )),
            ],
            [
                .. parts
                    .Where(p => Text(p, "type") == "tool_result")
                    .Select(p => new ToolResult(Text(p, "tool_use_id")!, Content(p))),
            ]
        );
    }

    public override JsonNode Body(Conversation conversation, Answer answer, Fault? fault, string id)
    {
        var content = new JsonArray();
        if (answer.Text.Length > 0)
            content.Add(new JsonObject { ["type"] = "text", ["text"] = answer.Text });
        foreach (var call in answer.Calls)
        {
            content.Add(
                new JsonObject
                {
                    ["type"] = "tool_use",
                    ["id"] = call.Id,
                    ["name"] = call.Name,
                    ["input"] = JsonNode.Parse(call.Arguments),
                }
            );
        }
        var message = Head(conversation, answer, id);
        message["content"] = content;
        message["stop_reason"] = Stop(answer, fault);
        message["usage"] = Usage(conversation, answer, answer.Tokens);
        return message;
    }

    public override Frames Stream(Conversation conversation, Answer answer, Fault? fault, string id)
    {
        var opening = new List<string>
        {
            Frame(
                "message_start",
                new JsonObject { ["type"] = "message_start", ["message"] = Head(conversation, answer, id) }
            ),
            Ping,
        };
        var tokens = new List<string>();
        var index = 0;
        if (answer.Text.Length > 0)
        {
            tokens.AddRange(
                Block(
                    index++,
                    new JsonObject { ["type"] = "text", ["text"] = "" },
                    Words(answer.Text).Select(word => new JsonObject { ["type"] = "text_delta", ["text"] = word })
                )
            );
        }
        foreach (var call in answer.Calls)
        {
            tokens.AddRange(
                Block(
                    index++,
                    new JsonObject
                    {
                        ["type"] = "tool_use",
                        ["id"] = call.Id,
                        ["name"] = call.Name,
                        ["input"] = new JsonObject(),
                    },
                    Pieces(call.Arguments)
                        .Select(piece => new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece })
                )
            );
        }
        string[] closing =
        [
            Frame(
                "message_delta",
                new JsonObject
                {
                    ["type"] = "message_delta",
                    ["delta"] = new JsonObject { ["stop_reason"] = Stop(answer, fault), ["stop_sequence"] = null },
                    ["usage"] = new JsonObject { ["output_tokens"] = answer.Tokens },
                }
            ),
            Frame("message_stop", new JsonObject { ["type"] = "message_stop" }),
        ];
        return new(opening, tokens, closing);
    }

    private static IEnumerable<string> Block(int index, JsonObject block, IEnumerable<JsonObject> deltas)
    {
        yield return Frame(
            "content_block_start",
            new JsonObject
            {
                ["type"] = "content_block_start",
                ["index"] = index,
                ["content_block"] = block,
            }
        );
        foreach (var delta in deltas)
        {
            yield return Frame(
                "content_block_delta",
                new JsonObject
                {
                    ["type"] = "content_block_delta",
                    ["index"] = index,
                    ["delta"] = delta,
                }
            );
        }
        yield return Frame("content_block_stop", new JsonObject { ["type"] = "content_block_stop", ["index"] = index });
    }

    public override JsonNode Error(Fault fault, string requestId) =>
        new JsonObject
        {
            ["type"] = "error",
            ["error"] = new JsonObject { ["type"] = fault.Type ?? "api_error", ["message"] = fault.Message ?? "Error" },
            ["request_id"] = requestId,
        };

    public override string ErrorFrame(Fault fault) =>
        Frame(
            "error",
            new JsonObject
            {
                ["type"] = "error",
                ["error"] = new JsonObject { ["type"] = fault.Type, ["message"] = fault.Message },
            }
        );

    private static string Stop(Answer answer, Fault? fault) =>
        fault switch
        {
            { Refusal: not null } or { StopReason: "content_filter" } => "refusal",
            { StopReason: { } reason } => reason,
            _ => answer.Calls.Count > 0 ? "tool_use" : "end_turn",
        };

    private static JsonObject Head(Conversation conversation, Answer answer, string id) =>
        new()
        {
            ["id"] = $"msg_{id}",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = conversation.Model,
            ["content"] = new JsonArray(),
            ["stop_reason"] = null,
            ["stop_sequence"] = null,
            ["usage"] = Usage(conversation, answer, 1),
        };

    private static JsonObject Usage(Conversation conversation, Answer answer, int output) =>
        new()
        {
            ["input_tokens"] = Math.Max(0, (answer.InputTokens ?? conversation.Tokens) - answer.CachedTokens),
            ["cache_creation_input_tokens"] = 0,
            ["cache_read_input_tokens"] = answer.CachedTokens,
            ["output_tokens"] = output,
        };
}
