using System.Text;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Events;
using AgentControl.Engine.Execution;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using Npgsql;

namespace AgentControl.Engine.Children;

/// <summary>Fan-out: rows, counts and journal entry of a chunk in one transaction, so that each child exists exactly once.</summary>
internal sealed class ChildSpawner(NpgsqlDataSource database, AgentCatalog agents, EventFeed feed, Bells bells)
{
    public const int ChunkSize = 1_000;
    public const int MaxChildren = 100_000;

    public async Task<ChildGroup> SpawnAsync<TInput>(
        Attempt attempt,
        Scope scope,
        StepRunner steps,
        string agent,
        IReadOnlyList<TInput> inputs,
        SpawnOptions options
    )
    {
        var definition =
            agents.FindOpen(agent)
            ?? throw new PermanentFailureException(
                "agentMissing",
                $"No agent '{agent}' is registered: register it or mend the name."
            );
        if (inputs.Count > MaxChildren)
            throw TooMany(inputs.Count);
        var queue = options.Queue ?? definition.Queue;
        // After a person's retry a fan-out that is made anew has children and counts of its own.
        var group =
            scope.NextKey("spawn:" + options.Name) + (attempt.Job.Generation == 0 ? "" : $"@{attempt.Job.Generation}");
        for (var from = 0; from < inputs.Count; from += ChunkSize)
        {
            var start = from;
            var count = Math.Min(ChunkSize, inputs.Count - start);
            var name = group;
            group = await steps.RunAsync(
                $"spawn:{options.Name}:{start}",
                null,
                async step =>
                {
                    var jobs = Enumerable
                        .Range(start, count)
                        .Select(i => Child(attempt, definition, queue, name, i, inputs[i], options))
                        .ToArray();
                    return await attempt.ReachAsync(
                        scope,
                        () => InsertAsync(attempt, name, inputs.Count, step.Key, jobs)
                    );
                },
                new() { Kind = "spawn" }
            );
            bells.RingLane(queue, count);
        }
        return new ChildGroup(group, inputs.Count);
    }

    private NewJob Child<TInput>(
        Attempt attempt,
        AgentDefinition definition,
        string queue,
        string group,
        int index,
        TInput input,
        SpawnOptions options
    )
    {
        var bytes = JournalJson.Serialize(input);
        if (bytes.Length > StepRunner.MaxResultBytes)
            throw new PermanentFailureException(
                "inputTooLarge",
                $"Input {index} of '{options.Name}' has {bytes.Length:N0} bytes; at most {StepRunner.MaxResultBytes:N0} are allowed. Write it to a file of the workspace and pass its path."
            );
        return new NewJob
        {
            // The same child has the same id on every try of its chunk; in front the parent's time keeps ids ordered.
            Id = ChildIds.Of(attempt.Job.Id, $"{group}[{index}]@{attempt.Job.Generation}"),
            Name = options.Names is { } names ? Texts.Clean(names[index], 200) : $"{attempt.Job.Name} · {index + 1}",
            Agent = definition.Name,
            AgentVersion = definition.Version,
            Queue = queue,
            Workspace = attempt.Job.Workspace,
            SubmittedBy = attempt.Job.SubmittedBy,
            Input = bytes,
            Priority = options.Priority,
            ParentId = attempt.Job.Id,
            ParentKey = group,
            ParentIndex = index,
            Budget = agents.BudgetOf(definition.Name),
            TimeoutSeconds = options.TimeoutSeconds ?? NewJob.DefaultTimeoutSeconds,
        };
    }

    private async Task<string> InsertAsync(Attempt attempt, string group, int total, string stepKey, NewJob[] jobs)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var told = await JobLog.FenceAndAppendAsync(
            connection,
            attempt.Pen,
            [
                new(
                    EventTypes.ChildSpawned,
                    $"{jobs.Length} children of {jobs[0].Agent} on queue {jobs[0].Queue}",
                    EventData.Of(
                        new
                        {
                            key = stepKey,
                            count = jobs.Length,
                            first = jobs[0].Id,
                        }
                    )
                ),
            ]
        );
        // A chunk whose step was not recorded is already there: its children have the same ids.
        var there = await Storage.Sql.ScalarAsync<bool>(
            connection,
            "SELECT EXISTS (SELECT 1 FROM jobs WHERE id = $1)",
            jobs[0].Id
        );
        IReadOnlyList<LiveEvent> born = [];
        if (!there)
        {
            await CheckRoomAsync(connection, attempt.Job.Id, group, total);
            await Storage.Sql.ExecuteAsync(
                connection,
                "INSERT INTO child_groups (parent_id, key, total, succeeded, failed, cancelled) VALUES ($1, $2, $3, 0, 0, 0) ON CONFLICT DO NOTHING",
                attempt.Job.Id,
                group,
                total
            );
            born = await JobInserter.InsertAsync(connection, jobs);
        }
        await transaction.CommitAsync();
        feed.Publish([.. told, .. born]);
        return group;
    }

    private static async Task CheckRoomAsync(NpgsqlConnection connection, Guid parent, string group, int total)
    {
        var others = await Storage.Sql.ScalarAsync<long>(
            connection,
            "SELECT COALESCE(sum(total), 0)::bigint FROM child_groups WHERE parent_id = $1 AND key <> $2",
            parent,
            group
        );
        if (others + total > MaxChildren)
            throw TooMany(others + total);
    }

    private static PermanentFailureException TooMany(long children) =>
        new("tooManyChildren", $"{children:N0} children are asked for; a job may have {MaxChildren:N0}.");

    public async Task<IReadOnlyList<ChildResult>> ResultsAsync(
        Guid parent,
        ChildGroup group,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // A child that went on as a new job is followed to the end of its chain.
        await using var command = Storage.Sql.Command(
            connection,
            """
            WITH RECURSIVE chain AS (
              SELECT j.id, j.id AS last, j.name, j.parent_index FROM jobs j
               WHERE j.parent_id = $1 AND j.parent_key = $2 AND j.continued_from IS NULL
              UNION ALL
              SELECT c.id, r.continued_as, c.name, c.parent_index FROM chain c JOIN job_results r ON r.job_id = c.last WHERE r.continued_as IS NOT NULL)
            SELECT c.id, c.name, r.state, o.output, o.error FROM chain c JOIN job_runs r ON r.job_id = c.last LEFT JOIN job_results o ON o.job_id = c.last
             WHERE o.continued_as IS NULL ORDER BY c.parent_index
            """,
            parent,
            group.Key
        );
        var results = new List<ChildResult>(group.Count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            results.Add(
                new ChildResult(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    JobStates.Parse(reader.GetString(2)),
                    reader.IsDBNull(3) ? null : JournalJson.Deserialize<JsonElement>(reader.GetFieldValue<byte[]>(3)),
                    reader.IsDBNull(4)
                        ? null
                        : JournalJson.Deserialize<JobFailure>(Encoding.UTF8.GetBytes(reader.GetString(4)))!.Message
                )
            );
        }
        return results;
    }
}
