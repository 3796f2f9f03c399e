using System.Text.Json;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Engine.Events;
using AgentControl.Engine.Execution;
using AgentControl.Engine.Recording;
using Npgsql;

namespace AgentControl.Engine.Checkpoints;

/// <summary>Saves and recalls an agent's named values; each save is a numbered version.</summary>
internal sealed class Stash(NpgsqlDataSource database)
{
    public const int MaxKeyLength = 200;

    public static async Task SaveAsync<T>(Attempt attempt, Scope scope, StepRunner steps, string key, T value)
    {
        if (key.Length is 0 or > MaxKeyLength)
            throw new ArgumentException($"A checkpoint's key has 1 to {MaxKeyLength} characters.", nameof(key));
        await steps.RunAsync(
            $"stash:{key}",
            null,
            _ => Task.FromResult(true),
            new() { Kind = "checkpoint" },
            async (contribution, _) =>
            {
                var bytes = JournalJson.Serialize(value);
                if (bytes.Length > StepRunner.MaxResultBytes)
                    throw new PermanentFailureException(
                        "checkpointTooLarge",
                        $"Checkpoint '{key}' has {bytes.Length:N0} bytes; at most {StepRunner.MaxResultBytes:N0} are kept. Write it to a file of the workspace."
                    );
                contribution.Checkpoints.Add(new CheckpointRecord(key, bytes, contribution.Steps[^1].Key));
                contribution.Events.Add(
                    new(
                        EventTypes.CheckpointSaved,
                        $"Checkpoint {key} saved ({bytes.Length:N0} bytes)",
                        EventData.Of(new { key, bytes = bytes.Length })
                    )
                );
                return await attempt.RecordAsync(contribution);
            }
        );
    }

    /// <summary>The newest version, or undefined.</summary>
    public async Task<JsonElement?> LatestAsync(Guid jobId, string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var bytes = await Storage.Sql.ScalarAsync<byte[]>(
            connection,
            "SELECT value FROM checkpoints WHERE job_id = $1 AND key = $2 ORDER BY version DESC LIMIT 1",
            jobId,
            key
        );
        return bytes is null ? null : JournalJson.Deserialize<JsonElement>(bytes);
    }
}
