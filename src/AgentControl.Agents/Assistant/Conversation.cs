using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Core.LanguageModels;

namespace AgentControl.Agents.Assistant;

/// <summary>
/// What was said so far, made anew from the journal by every attempt. Where it fills its window it is cut and summarised by the definition's rule, which looks
/// at the texts alone: every replay cuts at the same places.
/// </summary>
internal sealed class Conversation
{
    private const int BytesOfToken = 4;

    /// <summary>Around each message and call: who speaks, and the call's id.</summary>
    private const int TokensOfFrame = 8;

    private readonly AssistantDefinition definition;
    private readonly RoomRule room;
    private readonly string task;
    private readonly int fixedTokens;
    private readonly List<ModelMessage> messages = [];
    private string? summary;

    public Conversation(AssistantDefinition definition, string task)
    {
        (this.definition, this.task) = (definition, task);
        room = definition.Room;
        fixedTokens =
            Tokens(definition.Instructions)
            + definition.Tools.Sum(t => Tokens(t.Description) + Tokens(t.Schema.GetRawText()));
        messages.Add(ModelMessage.User(task));
    }

    public IReadOnlyList<ModelMessage> Messages => messages;

    /// <summary>About how many tokens the next request has: four bytes of UTF-8 each.</summary>
    public int Size => fixedTokens + messages.Sum(Tokens);

    public void Add(ModelMessage message) => messages.Add(message);

    /// <summary>Cuts what is old, where the window fills. Returns how many texts were cut.</summary>
    public int Trim()
    {
        if (Size <= definition.ContextTokens * room.TrimAt)
            return 0;
        var newest = messages
            .Select((message, index) => (message, index))
            .Where(m => m.message.Role == ModelRole.Tool)
            .TakeLast(room.KeepResults)
            .Select(m => m.index)
            .DefaultIfEmpty(messages.Count)
            .First();
        var cut = 0;
        for (var i = 0; i < newest; i++)
        {
            var shorter = Shorter(messages[i]);
            if (ReferenceEquals(shorter, messages[i]))
                continue;
            messages[i] = shorter;
            cut++;
        }
        return cut;
    }

    /// <summary>What the model is to summarise: the summary so far and the old turns, as a text; null where there is room, or nothing old.</summary>
    public string? ToSummarise()
    {
        if (Size <= definition.ContextTokens * room.SummariseAt || OldEnd <= 1)
            return null;
        var text = new StringBuilder();
        if (summary is not null)
            text.Append("What was done before that:\n").Append(summary).Append("\n\n");
        foreach (var message in messages.Take(OldEnd).Skip(1))
            Tell(message, text);
        return text.ToString();
    }

    /// <summary>The old turns give way to their summary.</summary>
    public void Summarise(string text)
    {
        summary = text;
        messages.RemoveRange(1, OldEnd - 1);
        messages[0] = ModelMessage.User(
            $"{task}\n\nYou have worked on this already. Your own summary of what you did and found so far:\n\n{summary}"
        );
    }

    /// <summary>Where the newest turns begin: a call and its result are never parted.</summary>
    private int OldEnd =>
        messages
            .Select((message, index) => (message, index))
            .Where(m => m.message.Role == ModelRole.Assistant)
            .TakeLast(room.KeepTurns)
            .Select(m => m.index)
            .FirstOrDefault();

    private static void Tell(ModelMessage message, StringBuilder text)
    {
        var who = message.Role switch
        {
            ModelRole.Assistant => "You",
            ModelRole.Tool => message.IsError ? "Tool (failed)" : "Tool",
            _ => "User",
        };
        if (message.Text.Length > 0)
            text.Append(who).Append(": ").Append(message.Text).Append('\n');
        foreach (var call in message.ToolCalls)
            text.Append("You called ").Append(call.Name).Append(' ').Append(call.Arguments?.GetRawText()).Append('\n');
    }

    private ModelMessage Shorter(ModelMessage message)
    {
        if (message.Role == ModelRole.Tool && message.Text.Length > room.KeepCharacters)
            return message with { Text = Cut(message.Text) + " Call the tool again if you need it." };
        var calls = message.ToolCalls.Select(Shorter).ToList();
        return calls.SequenceEqual(message.ToolCalls, ReferenceEqualityComparer.Instance)
            ? message
            : message with
            {
                ToolCalls = calls,
            };
    }

    private ModelToolCall Shorter(ModelToolCall call)
    {
        if (
            call.Arguments is not { ValueKind: JsonValueKind.Object } arguments
            || !arguments.EnumerateObject().Any(IsLong)
        )
            return call;
        var shorter = new JsonObject();
        foreach (var argument in arguments.EnumerateObject())
        {
            shorter[argument.Name] = IsLong(argument)
                ? JsonValue.Create(Cut(argument.Value.GetString()!))
                : JsonNode.Parse(argument.Value.GetRawText());
        }
        return call with { Arguments = JsonSerializer.SerializeToElement(shorter) };
    }

    private bool IsLong(JsonProperty argument) =>
        argument.Value is { ValueKind: JsonValueKind.String } text && text.GetString()!.Length > room.KeepCharacters;

    private string Cut(string text)
    {
        var end = char.IsHighSurrogate(text[room.Beginning - 1]) ? room.Beginning - 1 : room.Beginning;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{text[..end]}… [cut to save room: it had {text.Length} characters.]"
        );
    }

    private static int Tokens(ModelMessage message) =>
        TokensOfFrame
        + Tokens(message.Text)
        + message.ToolCalls.Sum(c => TokensOfFrame + Tokens(c.Name) + Tokens(c.Arguments?.GetRawText() ?? ""));

    private static int Tokens(string text) => Encoding.UTF8.GetByteCount(text) / BytesOfToken + 1;
}
