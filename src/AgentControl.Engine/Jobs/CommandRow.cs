using AgentControl.Core.Jobs;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Jobs;

/// <summary>A job's row under its lock, as a command finds it.</summary>
internal sealed record CommandRow(Guid Id, JobState State, bool PauseRequested, bool CancelRequested, long LastNo)
{
    /// <summary>As the audit log tells it.</summary>
    public object Told(string? reason = null) =>
        new
        {
            State,
            PauseRequested = PauseRequested ? true : (bool?)null,
            CancelRequested = CancelRequested ? true : (bool?)null,
            Reason = string.IsNullOrWhiteSpace(reason) ? null : reason,
        };

    public static async Task<CommandRow?> LockAsync(
        NpgsqlConnection connection,
        Guid id,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            "SELECT state, pause_requested, cancel_requested, last_no FROM job_runs WHERE job_id = $1 FOR UPDATE",
            id
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new CommandRow(
                id,
                JobStates.Parse(reader.GetString(0)),
                reader.GetBoolean(1),
                reader.GetBoolean(2),
                reader.GetInt64(3)
            )
            : null;
    }
}
