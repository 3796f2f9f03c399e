namespace AgentControl.Engine.Jobs;

/// <summary>
/// Of the jobs of a workspace with one concurrency key at most one runs; one that waits or is paused lets the next one in, as a parked job holds no worker.
/// <see cref="IsFree"/> decides, under the lock of the key's row; <see cref="MayRun"/> only keeps what cannot run from being looked at twice.
/// </summary>
internal static class ConcurrencyKeys
{
    /// <summary>Characters of a key at most.</summary>
    public const int MaxLength = 200;

    /// <summary>Of the row <c>k</c>, which is the newest: the job is read from a snapshot that may be older, and then its epoch is too.</summary>
    public const string IsFree =
        "EXISTS (SELECT 1 FROM job_runs h WHERE h.job_id = k.job_id AND h.state <> 'running' AND h.epoch >= k.epoch)";

    /// <summary>The short id of the job that runs under the key of the job <c>j</c>; NULL where none does.</summary>
    public const string Holder = """
        (SELECT h.short_id FROM concurrency_keys k JOIN job_runs x ON x.job_id = k.job_id AND x.state = 'running' JOIN jobs h ON h.id = k.job_id
          WHERE k.workspace = j.workspace AND k.key = j.concurrency_key)
        """;

    /// <summary>Of the job <c>j</c>.</summary>
    public const string MayRun = $"""
        (j.concurrency_key IS NULL OR NOT EXISTS (SELECT 1 FROM concurrency_keys k WHERE k.workspace = j.workspace AND k.key = j.concurrency_key AND NOT {IsFree}))
        """;
}
