using System.Threading.Channels;
using AgentControl.Core.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using Microsoft.Extensions.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Telemetry;

/// <summary>Counts what this process commits; an end is looked up for its agent and its durations, beside the work and many at a time.</summary>
internal sealed class EndedJobs(EventFeed feed, EngineMeter meter, NpgsqlDataSource database) : BackgroundService
{
    /// <summary>Ends that wait to be looked up; past them the oldest are not counted.</summary>
    private const int MostWaiting = 50_000;
    private const int AtATime = 500;

    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1);

    private readonly Channel<Guid> ends = Channel.CreateBounded<Guid>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
    );

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = feed.SubscribeOwn(Take);
        var waiting = new List<Guid>();
        while (await ends.Reader.WaitToReadAsync(stoppingToken))
        {
            while (waiting.Count < AtATime && ends.Reader.TryRead(out var job))
                waiting.Add(job);
            try
            {
                await CountAsync(waiting, stoppingToken);
                waiting.Clear();
            }
            catch (Exception away) when (GroupCommitWriter.IsOutage(away) && !stoppingToken.IsCancellationRequested)
            {
                await Task.Delay(AfterOutage, stoppingToken);
                waiting.ForEach(job => ends.Writer.TryWrite(job));
                waiting.Clear();
            }
        }
    }

    private void Take(IReadOnlyList<LiveEvent> events)
    {
        foreach (var line in events)
        {
            meter.Count(line);
            if (line.Type is EventTypes.JobSucceeded or EventTypes.JobFailed or EventTypes.JobCancelled)
                ends.Writer.TryWrite(line.JobId);
        }
    }

    private async Task CountAsync(List<Guid> jobs, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT j.agent, label(r), j.parent_id IS NULL, extract(epoch FROM r.finished_at - j.submitted_at)::float8, r.worked_ms / 1000.0::float8
              FROM unnest($1) AS e(id) JOIN jobs j ON j.id = e.id JOIN job_runs r ON r.job_id = e.id WHERE r.finished_at IS NOT NULL
            """
        );
        command.Parameters.Add(
            new NpgsqlParameter { Value = jobs.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid }
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            meter.Ended(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetDouble(3), row.GetDouble(4));
    }
}
