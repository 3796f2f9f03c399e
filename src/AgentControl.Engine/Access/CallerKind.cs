namespace AgentControl.Engine.Access;

/// <summary>What sort of principal acts.</summary>
public enum CallerKind
{
    /// <summary>Somebody who signed in.</summary>
    Person,

    /// <summary>A program, or a person by a key of theirs.</summary>
    ApiKey,

    /// <summary>A running job or its agent. It never decides an approval.</summary>
    Job,

    /// <summary>The program itself: schedules, deadlines, maintenance.</summary>
    System,
}
