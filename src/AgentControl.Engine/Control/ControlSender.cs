using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Control;

/// <summary>
/// Tells the other processes what was decided here, after its commit and in a transaction of its own: PostgreSQL makes commits
/// with NOTIFY wait for one another. The first order goes at once, what comes meanwhile goes together.
/// </summary>
internal sealed class ControlSender(NpgsqlDataSource database, TimeProvider time, ILogger<ControlSender> log)
    : BackgroundService
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private readonly Channel<bool> any = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private HashSet<string> waiting = new(StringComparer.Ordinal);
    private int resumes;

    /// <summary>How this process signs: it does not obey itself.</summary>
    public string Me { get; } = Guid.NewGuid().ToString("N");

    public void Resume()
    {
        lock (gate)
            resumes++;
        any.Writer.TryWrite(true);
    }

    public void Nudge(Guid jobId) => Add(ControlText.Nudge, jobId.ToString("N"));

    public void Parent(Guid jobId) => Add(ControlText.Parent, jobId.ToString("N"));

    public void Queue(string name) => Add(ControlText.Queue, name);

    /// <summary>An agent was defined anew, or retired.</summary>
    public void Agent(string name) => Add(ControlText.Agent, name);

    public void Schedule(string name) => Add(ControlText.Schedule, name);

    public void Notification(string what) => Add(ControlText.Notification, what);

    public void Failure(string what) => Add(ControlText.Failure, what);

    public void Service(string name) => Add(ControlText.Service, name);

    public void McpServer(string name) => Add(ControlText.McpServer, name);

    /// <summary>Somebody here watches this job.</summary>
    public void Watched(Guid jobId) => Add(ControlText.Watched, jobId.ToString("N"));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                await any.Reader.ReadAsync(stoppingToken);
                await Task.Delay(await SendAsync(stoppingToken) ? Gather : TryAgainAfter, time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // What was decided last must not wait for the polls of the others.
            await SendAsync(CancellationToken.None);
        }
    }

    private void Add(string word, string subject)
    {
        lock (gate)
            waiting.Add(ControlText.Order(word, subject));
        any.Writer.TryWrite(true);
    }

    /// <summary>False where the database was out of reach; the orders are kept.</summary>
    private async Task<bool> SendAsync(CancellationToken cancellationToken)
    {
        HashSet<string> orders;
        int woken;
        lock (gate)
        {
            (orders, waiting) = (waiting, new(StringComparer.Ordinal));
            (woken, resumes) = (resumes, 0);
        }
        // People's answers first: a hand waits for them.
        var texts = ControlText
            .Write(
                Me,
                woken > 0
                    ? [ControlText.Order(ControlText.Resume, woken.ToString(CultureInfo.InvariantCulture)), .. orders]
                    : orders
            )
            .ToArray();
        if (texts.Length == 0)
            return true;
        var sent = false;
        try
        {
            // Nothing is written: a commit that waits for no disk holds up no other sender.
            await using var command = database.CreateCommand(
                "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, text) FROM unnest($2) AS text"
            );
            command.Parameters.Add(new() { Value = ControlText.Topic });
            command.Parameters.Add(new() { Value = texts });
            await command.ExecuteNonQueryAsync(cancellationToken);
            sent = true;
        }
        catch (Exception problem) when (problem is NpgsqlException or TimeoutException)
        {
            Log.OrdersNotSent(log, problem);
        }
        finally
        {
            if (!sent)
                Keep(orders, woken);
        }
        return sent;
    }

    private void Keep(HashSet<string> orders, int woken)
    {
        lock (gate)
        {
            waiting.UnionWith(orders);
            resumes += woken;
        }
        any.Writer.TryWrite(true);
    }
}
