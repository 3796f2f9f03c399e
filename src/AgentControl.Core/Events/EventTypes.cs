namespace AgentControl.Core.Events;

/// <summary>The event types of the contract, section 5.</summary>
public static class EventTypes
{
    public const string JobSubmitted = "job.submitted";
    public const string JobStarted = "job.started";
    public const string JobRecovered = "job.recovered";
    public const string JobParked = "job.parked";
    public const string JobResumed = "job.resumed";
    public const string JobPauseRequested = "job.pauseRequested";
    public const string JobPaused = "job.paused";
    public const string JobCancelRequested = "job.cancelRequested";
    public const string JobSucceeded = "job.succeeded";
    public const string JobFailed = "job.failed";
    public const string JobCancelled = "job.cancelled";
    public const string JobRetried = "job.retried";
    public const string JobForked = "job.forked";
    public const string StepStarted = "step.started";
    public const string StepRetrying = "step.retrying";
    public const string StepCompleted = "step.completed";
    public const string StepFailed = "step.failed";
    public const string Progress = "progress";
    public const string CheckpointSaved = "checkpoint.saved";
    public const string AgentThought = "agent.thought";
    public const string AgentToolCall = "agent.toolCall";
    public const string AgentObservation = "agent.observation";
    public const string AgentLog = "agent.log";
    public const string Anomaly = "anomaly";
    public const string ApprovalRequested = "approval.requested";
    public const string ApprovalVoted = "approval.voted";
    public const string ApprovalDecided = "approval.decided";
    public const string ApprovalExpired = "approval.expired";
    public const string ApprovalEscalated = "approval.escalated";
    public const string ApprovalReminded = "approval.reminded";
    public const string ApprovalReassigned = "approval.reassigned";
    public const string ApprovalUndone = "approval.undone";
    public const string ApprovalInfoAsked = "approval.infoAsked";
    public const string ApprovalInfoGiven = "approval.infoGiven";
    public const string ApprovalSnoozed = "approval.snoozed";
    public const string ApprovalSnoozeEnded = "approval.snoozeEnded";
    public const string SignalReceived = "signal.received";
    public const string ChildSpawned = "child.spawned";
    public const string ChildFinished = "child.finished";
    public const string FileWritten = "file.written";
    public const string FileDeleted = "file.deleted";
    public const string NoteWritten = "note.written";
    public const string NoteDeleted = "note.deleted";
    public const string CommentAdded = "comment.added";
    public const string NotificationSent = "notification.sent";
    public const string NotificationFailed = "notification.failed";

    /// <summary>A cause that somebody had resolved let this job fail again.</summary>
    public const string FailureRegressed = "failure.regressed";
}
