using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using AgentControl.Engine.Control;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Live;

/// <summary>
/// Brings what steps write here to the processes in which somebody watches their jobs. Those say so again and again while they
/// watch, so that a worker that ends or takes a job up anew needs no memory; nothing is said or sent while nobody watches.
/// </summary>
internal sealed class StepOutputSignals(
    StepOutputs outputs,
    NpgsqlDataSource database,
    ControlSender control,
    TimeProvider time,
    ILogger<StepOutputSignals> log
) : BackgroundService
{
    public const string Topic = "agentcontrol_outputs";

    /// <summary>The end of a longer text is worth more than its beginning; watchers see by its number that something is left out.</summary>
    internal const int MostOfOneWindow = 4_000;

    /// <summary>Escaped it stays within a notification, of which PostgreSQL takes 7,999 bytes.</summary>
    private const int PieceLength = 1_000;
    private const int MaxLength = 7_900;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SayAgain = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interest = TimeSpan.FromSeconds(25);

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly string me = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<Guid, long> wanted = new();
    private readonly Lock gate = new();
    private readonly Channel<bool> any = Bell();
    private readonly Channel<bool> more = Bell();
    private Dictionary<(Guid, string, int), StepOutput> waiting = [];

    /// <summary>Another process watches this job, for the next while.</summary>
    public void Want(Guid jobId) => wanted[jobId] = time.GetTimestamp();

    public bool IsWanted(Guid jobId)
    {
        if (!wanted.TryGetValue(jobId, out var since))
            return false;
        if (time.GetElapsedTime(since) < Interest)
            return true;
        wanted.TryRemove(KeyValuePair.Create(jobId, since));
        return false;
    }

    /// <summary>Somebody watches another job here: those that run it are told at once.</summary>
    public void WatchMore() => more.Writer.TryWrite(true);

    public void Send(StepOutput output)
    {
        var key = (output.JobId, output.Key, output.Attempt);
        lock (gate)
            waiting[key] = waiting.TryGetValue(key, out var before) ? Join(before, output) : Cut(output);
        any.Writer.TryWrite(true);
    }

    /// <summary>Takes what another process sent; what makes no sense is left out.</summary>
    public void Hear(string text)
    {
        try
        {
            if (
                JsonSerializer.Deserialize<Message>(text, _json)
                    is { Output: { Key: not null, Text: not null } output } message
                && message.Sender != me
            )
                outputs.PublishHeard(output);
        }
        catch (JsonException problem)
        {
            Log.OutputNotUnderstood(log, problem);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        outputs.Elsewhere = this;
        await Task.WhenAll(SayAsync(stoppingToken), SendAsync(stoppingToken))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static Channel<bool> Bell() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private static StepOutput Join(StepOutput before, StepOutput next) =>
        Cut(before with { Text = before.Text + next.Text, Ended = next.Ended });

    private static StepOutput Cut(StepOutput output) =>
        output.Text.Length - MostOfOneWindow is > 0 and var left
            ? output with
            {
                From = output.From + left,
                Text = output.Text[left..],
            }
            : output;

    private async Task SayAsync(CancellationToken stopping)
    {
        while (true)
        {
            var jobs = outputs.WatchedHere;
            foreach (var job in jobs)
                control.Watched(job);
            using var due = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            if (jobs.Count > 0)
                due.CancelAfter(SayAgain);
            try
            {
                await more.Reader.ReadAsync(due.Token);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                // They watch still.
            }
        }
    }

    private async Task SendAsync(CancellationToken stopping)
    {
        while (true)
        {
            await any.Reader.ReadAsync(stopping);
            await Task.Delay(Window, time, stopping);
            Dictionary<(Guid, string, int), StepOutput> sent;
            lock (gate)
                (sent, waiting) = (waiting, []);
            var texts = sent.Values.SelectMany(Pieces).Select(Write).Where(Fits).ToArray();
            try
            {
                // Nothing is written: a commit that waits for no disk holds up no other sender.
                await using var command = database.CreateCommand(
                    "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, text) FROM unnest($2) AS text"
                );
                command.Parameters.Add(new() { Value = Topic });
                command.Parameters.Add(new() { Value = texts });
                await command.ExecuteNonQueryAsync(stopping);
            }
            catch (Exception problem) when (problem is NpgsqlException or TimeoutException)
            {
                // Only live: what could not be sent now is worth nothing later.
                Log.OutputNotSent(log, problem);
            }
        }
    }

    private string Write(StepOutput output) => JsonSerializer.Serialize(new Message(me, output), _json);

    private static bool Fits(string text) => Encoding.UTF8.GetByteCount(text) <= MaxLength;

    private static IEnumerable<StepOutput> Pieces(StepOutput output)
    {
        for (var at = 0; at == 0 || at < output.Text.Length; at += PieceLength)
        {
            var end = Math.Min(at + PieceLength, output.Text.Length);
            yield return output with
            {
                From = output.From + at,
                Text = output.Text[at..end],
                Ended = output.Ended && end == output.Text.Length,
            };
        }
    }

    private sealed record Message(string Sender, StepOutput Output);
}
