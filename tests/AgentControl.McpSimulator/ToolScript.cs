using System.Text.Encodings.Web;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace AgentControl.Simulation.Mcp;

/// <summary>What a scripted server offers and answers, and what was asked of it. A test changes it at any time.</summary>
public sealed class ToolScript
{
    private static readonly JsonSerializerOptions _readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock gate = new();
    private readonly List<string> calls = [];
    private readonly List<(Func<bool> True, TaskCompletionSource Reached)> waiting = [];
    private volatile Func<string, JsonElement, CancellationToken, Task<Reply>> answer = (_, arguments, _) =>
        Task.FromResult(new Reply(Text(arguments)));
    private int cancelled;
    private int started;

    /// <summary>What <c>tools/list</c> says from now on.</summary>
    public IReadOnlyList<ToolLine> Tools { get; set; } =
    [
        new("echo", "Says what it was told.", """{"type":"object","properties":{"text":{"type":"string"}}}""", true),
        new("pay", "Pays.", """{"type":"object","properties":{"amount":{"type":"integer"}}}""", false),
    ];

    /// <summary>Each call that arrived, as <c>tool {json}</c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (gate)
                return [.. calls];
        }
    }

    /// <summary>How many calls were cancelled before they were answered.</summary>
    public int Cancelled => Volatile.Read(ref cancelled);

    /// <summary>How many programs were started with this script.</summary>
    public int Started => Volatile.Read(ref started);

    /// <summary>From now on this answers.</summary>
    public void Use(Func<string, JsonElement, CancellationToken, Task<Reply>> with) => answer = with;

    /// <summary>Ends when so many calls have arrived.</summary>
    public Task UntilAsync(int count, CancellationToken cancellationToken) =>
        UntilAsync(() => calls.Count >= count, cancellationToken);

    /// <summary>Ends when so many calls were cancelled.</summary>
    public Task UntilCancelledAsync(int count, CancellationToken cancellationToken) =>
        UntilAsync(() => cancelled >= count, cancellationToken);

    /// <summary>JSON as a person writes it, however it was escaped on its way.</summary>
    public static string Text(JsonElement json) => JsonSerializer.Serialize(json, _readable);

    public void Begin() => Interlocked.Increment(ref started);

    public async Task<Reply> AnswerAsync(string tool, JsonElement arguments, CancellationToken cancellationToken)
    {
        Change(() => calls.Add($"{tool} {Text(arguments)}"));
        try
        {
            return await answer(tool, arguments, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Change(() => cancelled++);
            throw;
        }
    }

    private Task UntilAsync(Func<bool> isTrue, CancellationToken cancellationToken)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (isTrue())
                return Task.CompletedTask;
            waiting.Add((isTrue, reached));
        }
        return reached.Task.WaitAsync(cancellationToken);
    }

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            foreach (var (_, reached) in waiting.Where(w => w.True()))
                reached.TrySetResult();
            waiting.RemoveAll(w => w.True());
        }
    }
}

/// <summary>A tool as it is listed.</summary>
public sealed record ToolLine(string Name, string Description, string Schema, bool ReadOnly)
{
    public Tool ToTool() =>
        new()
        {
            Name = Name,
            Description = Description,
            InputSchema = JsonElement.Parse(Schema),
            Annotations = new ToolAnnotations { ReadOnlyHint = ReadOnly },
        };
}

/// <summary>What a call is answered with.</summary>
/// <param name="Dies">The program ends without an answer.</param>
/// <param name="Image">A picture beside the text.</param>
public sealed record Reply(string Text, bool IsError = false, bool Dies = false, bool Image = false)
{
    public CallToolResult ToResult()
    {
        List<ContentBlock> content = [new TextContentBlock { Text = Text }];
        if (Image)
            content.Add(ImageContentBlock.FromBytes(new byte[] { 1, 2, 3 }, "image/png"));
        return new() { IsError = IsError, Content = content };
    }
}
