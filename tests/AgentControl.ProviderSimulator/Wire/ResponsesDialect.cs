using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Simulation.Faults;

namespace AgentControl.Simulation.Wire;

/// <summary>OpenAI's Responses.</summary>
internal sealed class ResponsesDialect : OpenAiDialect
{
    public override string Name => "responses";

    public override Conversation Read(JsonElement body)
    {
        var input =
            body.TryGetProperty("input", out var told) && told.ValueKind == JsonValueKind.String
                ? [new Turn("user", told.GetString()!, [], [])]
                : Items(body, "input").Select(ReadTurn).ToList();
        var system = input.Where(t => t.Role is "system" or "developer").Select(t => t.Text);
        return new(
            Text(body, "model") ?? "",
            Text(body, "instructions") ?? string.Join('\n', system),
            Merge(input.Where(t => t.Role is not ("system" or "developer"))),
            [.. Items(body, "tools").Select(tool => Text(tool, "name") ?? "")],
            Flag(body, "stream"),
            Number(body, "max_output_tokens"),
            Member(body, "text", "format", "schema")
        );
    }

    private static Turn ReadTurn(JsonElement item) =>
        Text(item, "type") switch
        {
            "function_call" => new(
                "assistant",
                "",
                [new ToolCall(Text(item, "call_id")!, Text(item, "name")!, Text(item, "arguments") ?? "{}")],
                []
            ),
            "function_call_output" => new(
                "tool",
                "",
                [],
                [new ToolResult(Text(item, "call_id")!, Text(item, "output") ?? "")]
            ),
            _ => new(Text(item, "role") ?? "user", Content(item), [], []),
        };

    /// <summary>The items of one answer are one turn of the model.</summary>
    private static List<Turn> Merge(IEnumerable<Turn> items)
    {
        var turns = new List<Turn>();
        foreach (var item in items)
        {
            if (item.Role == "assistant" && turns is [.., { Role: "assistant" } last])
                turns[^1] = last with { Text = last.Text + item.Text, Calls = [.. last.Calls, .. item.Calls] };
            else
                turns.Add(item);
        }
        return turns;
    }

    public override JsonNode Body(Conversation conversation, Answer answer, Fault? fault, string id) =>
        Response(conversation, answer, fault, id, Output(answer, fault, id), Ending(fault));

    public override Frames Stream(Conversation conversation, Answer answer, Fault? fault, string id)
    {
        var no = 0;
        string Event(string type, Action<JsonObject> fill)
        {
            var data = new JsonObject { ["type"] = type, ["sequence_number"] = no++ };
            fill(data);
            return Frame(type, data);
        }
        var begun = Response(conversation, answer, null, id, [], "in_progress");
        var opening = new List<string>
        {
            Event("response.created", d => d["response"] = begun.DeepClone()),
            Event("response.in_progress", d => d["response"] = begun.DeepClone()),
        };
        var output = Output(answer, fault, id);
        var tokens = new List<string>();
        for (var index = 0; index < output.Count; index++)
        {
            var (at, item) = (index, output[index]!.AsObject());
            void Place(JsonObject data) => (data["item_id"], data["output_index"]) = ((string)item["id"]!, at);
            tokens.Add(Event("response.output_item.added", d => (d["output_index"], d["item"]) = (at, Empty(item))));
            tokens.AddRange(
                (string)item["type"]! == "function_call"
                    ? CallEvents(item, Place, Event)
                    : TextEvents(item, Place, Event)
            );
            tokens.Add(
                Event("response.output_item.done", d => (d["output_index"], d["item"]) = (at, item.DeepClone()))
            );
        }
        var ending = Ending(fault);
        var whole = Response(conversation, answer, fault, id, output, ending);
        return new(opening, tokens, [Event($"response.{ending}", d => d["response"] = whole)]);
    }

    private static List<string> TextEvents(
        JsonObject item,
        Action<JsonObject> place,
        Func<string, Action<JsonObject>, string> make
    )
    {
        var part = item["content"]![0]!.AsObject();
        var refused = (string)part["type"]! == "refusal";
        var (kind, field) = refused ? ("response.refusal", "refusal") : ("response.output_text", "text");
        var text = (string)part[field]!;
        void At(JsonObject data)
        {
            place(data);
            data["content_index"] = 0;
        }
        void Part(JsonObject data, string said)
        {
            At(data);
            var copy = part.DeepClone();
            copy[field] = said;
            data["part"] = copy;
        }
        List<string> events = [make("response.content_part.added", d => Part(d, ""))];
        foreach (var word in Words(text))
        {
            events.Add(
                make(
                    $"{kind}.delta",
                    d =>
                    {
                        At(d);
                        d["delta"] = word;
                    }
                )
            );
        }
        events.Add(
            make(
                $"{kind}.done",
                d =>
                {
                    At(d);
                    d[field] = text;
                }
            )
        );
        events.Add(make("response.content_part.done", d => Part(d, text)));
        return events;
    }

    private static List<string> CallEvents(
        JsonObject item,
        Action<JsonObject> place,
        Func<string, Action<JsonObject>, string> make
    )
    {
        var arguments = (string)item["arguments"]!;
        var events = Pieces(arguments)
            .Select(piece =>
                make(
                    "response.function_call_arguments.delta",
                    d =>
                    {
                        place(d);
                        d["delta"] = piece;
                    }
                )
            )
            .ToList();
        events.Add(
            make(
                "response.function_call_arguments.done",
                d =>
                {
                    place(d);
                    d["arguments"] = arguments;
                }
            )
        );
        return events;
    }

    /// <summary>An item as it is when it begins.</summary>
    private static JsonNode Empty(JsonObject item)
    {
        var copy = item.DeepClone();
        copy["status"] = "in_progress";
        if (copy["content"] is not null)
            copy["content"] = new JsonArray();
        else
            copy["arguments"] = "";
        return copy;
    }

    public override string ErrorFrame(Fault fault) =>
        Frame(
            "error",
            new JsonObject
            {
                ["type"] = "error",
                ["code"] = fault.Code,
                ["message"] = fault.Message,
                ["param"] = null,
                ["sequence_number"] = 99,
            }
        );

    /// <summary>The other way in which a stream fails.</summary>
    public static string FailedFrame(Fault fault, string id) =>
        Frame(
            "response.failed",
            new JsonObject
            {
                ["type"] = "response.failed",
                ["sequence_number"] = 99,
                ["response"] = new JsonObject
                {
                    ["id"] = $"resp_{id}",
                    ["object"] = "response",
                    ["created_at"] = 1_780_000_000,
                    ["status"] = "failed",
                    ["error"] = new JsonObject { ["code"] = fault.Code, ["message"] = fault.Message },
                    ["output"] = new JsonArray(),
                },
            }
        );

    private static JsonArray Output(Answer answer, Fault? fault, string id)
    {
        var output = new JsonArray();
        if (answer.Text.Length > 0 || fault?.Refusal is not null)
        {
            var part = fault?.Refusal is { } refusal
                ? new JsonObject { ["type"] = "refusal", ["refusal"] = refusal }
                : new JsonObject
                {
                    ["type"] = "output_text",
                    ["text"] = answer.Text,
                    ["annotations"] = new JsonArray(),
                };
            output.Add(
                new JsonObject
                {
                    ["type"] = "message",
                    ["id"] = $"msg_{id}",
                    ["status"] = "completed",
                    ["role"] = "assistant",
                    ["content"] = new JsonArray(part),
                }
            );
        }
        foreach (var call in answer.Calls)
        {
            output.Add(
                new JsonObject
                {
                    ["type"] = "function_call",
                    ["id"] = $"fc_{call.Id}",
                    ["call_id"] = call.Id,
                    ["name"] = call.Name,
                    ["arguments"] = call.Arguments,
                    ["status"] = "completed",
                }
            );
        }
        return output;
    }

    private static string Ending(Fault? fault) => fault?.StopReason is null ? "completed" : "incomplete";

    private static JsonObject Response(
        Conversation conversation,
        Answer answer,
        Fault? fault,
        string id,
        JsonArray output,
        string status
    )
    {
        var input = answer.InputTokens ?? conversation.Tokens;
        var usage = new JsonObject
        {
            ["input_tokens"] = input,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = answer.CachedTokens },
            ["output_tokens"] = answer.Tokens,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
            ["total_tokens"] = input + answer.Tokens,
        };
        return new()
        {
            ["id"] = $"resp_{id}",
            ["object"] = "response",
            ["created_at"] = 1_780_000_000,
            ["status"] = status,
            ["error"] = null,
            ["incomplete_details"] = status == "incomplete" ? new JsonObject { ["reason"] = Reason(fault!) } : null,
            ["model"] = conversation.Model,
            ["output"] = output.DeepClone(),
            ["parallel_tool_calls"] = true,
            ["tools"] = new JsonArray(),
            ["usage"] = status == "in_progress" ? null : usage,
        };
    }

    private static string Reason(Fault fault) =>
        fault.StopReason switch
        {
            "refusal" or "content_filter" => "content_filter",
            "max_tokens" or "model_context_window_exceeded" or "pause_turn" => "max_output_tokens",
            var reason => reason!,
        };
}
