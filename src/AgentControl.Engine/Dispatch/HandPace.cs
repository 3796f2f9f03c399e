using Hangfire.PostgreSql;

namespace AgentControl.Engine.Dispatch;

/// <summary>
/// How often idle hands look for bells. Those of this process wake them at once, so a process that is alone hardly looks; beside others it looks often,
/// because their bells make no sound here. Hangfire reads the interval anew before each wait.
/// </summary>
internal sealed class HandPace(PostgreSqlStorageOptions storage)
{
    private static readonly TimeSpan WhenAlone = TimeSpan.FromSeconds(15);

    /// <summary>Until it is known who else is there.</summary>
    public static readonly TimeSpan BesideOthers = TimeSpan.FromSeconds(2);

    public void Set(bool alone) => storage.QueuePollInterval = alone ? WhenAlone : BesideOthers;
}
