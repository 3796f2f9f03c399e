using AgentControl.Engine.Budgets;
using AgentControl.Engine.Hosting;
using Npgsql;

namespace AgentControl.Engine.Execution;

/// <summary>What earlier attempts recorded: answers by key, steps that were begun, waits that are open.</summary>
internal sealed class Journal
{
    private readonly Dictionary<string, JournalEntry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BegunStep> begun = new(StringComparer.Ordinal);
    private readonly HashSet<string> openWaits = new(StringComparer.Ordinal);
    private long steps;
    private long bytes;

    /// <summary>Most entries of one job.</summary>
    public const int MaxSteps = 100_000;

    /// <summary>Most bytes of all results of one job.</summary>
    public const long MaxBytes = 256L * 1024 * 1024;

    /// <summary>Whether the job has recorded as much as a replay may have to read.</summary>
    public bool IsFull => Interlocked.Read(ref steps) >= MaxSteps || Interlocked.Read(ref bytes) >= MaxBytes;

    /// <summary>Counts a result that this attempt recorded.</summary>
    public void Count(int length)
    {
        Interlocked.Increment(ref steps);
        Interlocked.Add(ref bytes, length);
    }

    /// <summary>In keys of the engine's own questions about steps that may have happened.</summary>
    public const string OutcomeMark = "~outcome@";

    /// <summary>In keys of the engine's own questions about failures that no rule decides.</summary>
    public const string FailureMark = "~failure@";

    /// <summary>The beginning of keys of the engine's own questions about code that no longer fits.</summary>
    public const string DivergenceMark = "~nonDeterminism@";

    /// <summary>What the code has not asked for; the engine's own questions are not the code's.</summary>
    public IEnumerable<JournalEntry> Unread =>
        entries.Values.Where(e =>
            !e.Read
            && !e.Key.StartsWith(DivergenceMark, StringComparison.Ordinal)
            && !e.Key.Contains(OutcomeMark, StringComparison.Ordinal)
            && !e.Key.Contains(FailureMark, StringComparison.Ordinal)
            && !e.Key.StartsWith(BudgetKey.Mark, StringComparison.Ordinal)
        );

    /// <summary>Whether the code of a scope has entries before it that it has not asked for.</summary>
    /// <param name="within">The beginning of the scope's keys; empty for the whole job.</param>
    public bool HasUnread(string within) => Unread.Any(e => e.Key.StartsWith(within, StringComparison.Ordinal));

    public JournalEntry? Find(string key) => Find(key, out _);

    /// <param name="again">Whether the code has asked for it before in this attempt.</param>
    public JournalEntry? Find(string key, out bool again)
    {
        lock (entries)
        {
            var entry = entries.GetValueOrDefault(key);
            again = entry is { Read: true };
            if (entry is not null)
                entry.Read = true;
            return entry;
        }
    }

    /// <summary>Looks without marking the entry as read by the code.</summary>
    public bool Contains(string key) => entries.ContainsKey(key);

    /// <summary>What is known of a step that is not over; null where its start is not in the log.</summary>
    public BegunStep? Begun(string key) => begun.GetValueOrDefault(key);

    /// <summary>The steps that failed in earlier attempts and are not over.</summary>
    public IEnumerable<(string Key, BegunStep Step)> Troubled =>
        begun.Where(b => b.Value.Trouble is not null).Select(b => (b.Key, b.Value));

    public bool IsOpen(string key) => openWaits.Contains(key);

    /// <summary>Whether a wait is open whose key begins so.</summary>
    public bool IsAnyOpen(string beginning) => openWaits.Any(k => k.StartsWith(beginning, StringComparison.Ordinal));

    public static async Task<Journal> LoadAsync(EnginePool database, Guid jobId, CancellationToken cancellationToken)
    {
        var journal = new Journal();
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(
                    "SELECT key, kind, name, state, input_hash, result, error, no, completed_at, attempt, usage, service FROM steps WHERE job_id = $1 AND state <> 'superseded' ORDER BY no"
                )
                {
                    Parameters = { new() { Value = jobId } },
                },
                new("SELECT key FROM waits WHERE job_id = $1") { Parameters = { new() { Value = jobId } } },
            },
        };
        await batch.PrepareAsync(cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(
            System.Data.CommandBehavior.SequentialAccess,
            cancellationToken
        );
        while (await reader.ReadAsync(cancellationToken))
            journal.Add(reader);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            journal.openWaits.Add(reader.GetString(0));
        return journal;
    }

    private void Add(NpgsqlDataReader row)
    {
        var (key, kind, name, state) = (row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3));
        var hash = row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4);
        var result = row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5);
        var error = row.IsDBNull(6) ? null : row.GetString(6);
        if (state == "running")
        {
            row.GetValue(7);
            row.GetValue(8);
            begun[key] = BegunStep.Of(row.GetInt32(9), kind, error, row.IsDBNull(10) ? null : row.GetString(10)) with
            {
                Name = name,
                Service = row.IsDBNull(11) ? null : row.GetString(11),
            };
            return;
        }
        Count(result?.Length ?? 0);
        entries[key] = new(
            key,
            kind,
            name,
            state,
            hash,
            result,
            error,
            row.GetInt64(7),
            row.GetFieldValue<DateTimeOffset>(8)
        );
    }
}
