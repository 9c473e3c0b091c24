import Sampling
import Testing

struct SamplingOptionsTests {
  @Test func defaults() throws {
    #expect(try SamplingOptions() == .standard)
    #expect(SamplingOptions.standard.topK == 40)
    #expect(SamplingOptions.greedy.temperature == 0)
  }

  @Test func refusesWhatMakesNoSense() {
    func refused(_ make: () throws(SamplingError) -> SamplingOptions) -> String? {
      do throws(SamplingError) {
        _ = try make()
        return nil
      } catch {
        #expect(error.code == .invalidOption)
        #expect(error.description.contains(error.option))
        return error.option
      }
    }
    #expect(refused { () throws(SamplingError) in try .init(temperature: .nan) } == "temperature")
    #expect(refused { () throws(SamplingError) in try .init(topK: -1) } == "topK")
    #expect(refused { () throws(SamplingError) in try .init(topP: 1.5) } == "topP")
    #expect(refused { () throws(SamplingError) in try .init(topP: .nan) } == "topP")
    #expect(refused { () throws(SamplingError) in try .init(minP: -0.1) } == "minP")
    #expect(
      refused { () throws(SamplingError) in try .init(repetitionPenalty: 0) } == "repetitionPenalty"
    )
    #expect(
      refused { () throws(SamplingError) in try .init(frequencyPenalty: .infinity) }
        == "frequencyPenalty")
    #expect(
      refused { () throws(SamplingError) in try .init(presencePenalty: .nan) } == "presencePenalty")
    #expect(refused { () throws(SamplingError) in try .init(penaltyWindow: -1) } == "penaltyWindow")
    #expect(refused { () throws(SamplingError) in try .init(temperature: -3, topP: 0) } == nil)
  }
}
