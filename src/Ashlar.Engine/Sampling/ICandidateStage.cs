namespace Ashlar.Engine.Sampling;

/// <summary>A stage of sampling that weighs candidates or removes some; it leaves at least one.</summary>
internal interface ICandidateStage
{
    void Apply(Candidates candidates);
}
